package io.rwkvtts.model;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.Arrays;

/**
 * A model that multiplies a row of unsigned bytes {@link #IN} [1, {@link #INNER}] with a matrix of
 * signed bytes, all of them {@link #WEIGHT}, into {@link #OUT}, int32 [1, {@link #COLUMNS}]: the
 * operator that {@link WeightFormat#INT8_ROWS} rests on.
 */
public final class ByteProductModel {

    public static final String IN = "in";
    public static final String OUT = "out";
    public static final int INNER = 64;
    public static final int COLUMNS = 16;

    /** The largest that occurs, so that the sums are as large as they get. */
    public static final byte WEIGHT = 127;

    private ByteProductModel() {}

    /** The model, whole. */
    public static byte[] bytes() {
        byte[] weights = new byte[INNER * COLUMNS];
        Arrays.fill(weights, WEIGHT);
        GraphProto.Builder graph =
                GraphProto.newBuilder()
                        .setName("byte product")
                        .addInput(row(IN, TensorProto.DataType.UINT8, INNER))
                        .addOutput(row(OUT, TensorProto.DataType.INT32, COLUMNS))
                        .addInitializer(
                                TensorProto.newBuilder()
                                        .setName("W")
                                        .setDataType(TensorProto.DataType.INT8.getNumber())
                                        .addDims(INNER)
                                        .addDims(COLUMNS)
                                        .setRawData(ByteString.copyFrom(weights)))
                        .addNode(
                                NodeProto.newBuilder()
                                        .setOpType("MatMulInteger")
                                        .addInput(IN)
                                        .addInput("W")
                                        .addOutput(OUT));
        return ModelProto.newBuilder()
                .setIrVersion(OnnxGraph.IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OnnxGraph.OPSET))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static ValueInfoProto row(String name, TensorProto.DataType type, int size) {
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type.getNumber());
        tensor.getShapeBuilder().addDimBuilder().setDimValue(1);
        tensor.getShapeBuilder().addDimBuilder().setDimValue(size);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }
}
