package io.rwkvtts.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * An ONNX graph in the making: nodes in the order of their execution, values referred to by name.
 * Tensors of weights go to a {@link WeightFile} beside the model, since a protobuf message can't
 * exceed 2 GiB and ONNX Runtime maps such a file into memory.
 */
final class OnnxGraph {

    static final int IR_VERSION = 10;
    static final int OPSET = 21;
    private static final String MICROSOFT = "com.microsoft";

    /** Domain of the project's own operators, which {@code src/main/native} registers. */
    private static final String OWN = "io.rwkvtts";

    /** Domain of those for CUDA devices, which {@code src/main/native/cuda} registers. */
    private static final String CUDA = "io.rwkvtts.cuda";

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("rwkv7");
    private final WeightFile weights;
    private final Set<String> domains = new TreeSet<>();
    private int values;

    OnnxGraph(WeightFile weights) {
        this.weights = weights;
    }

    /** Declares an input; a dimension is a size or the name of one. */
    String input(String name, TensorProto.DataType type, Object... shape) {
        graph.addInput(valueInfo(name, type, shape));
        return name;
    }

    /** Declares that the value {@code name} is an output. */
    void output(String name, TensorProto.DataType type, Object... shape) {
        graph.addOutput(valueInfo(name, type, shape));
    }

    /** A node of the standard operator set; one of {@link Node#out} and its kin must follow. */
    Node node(String operator, String... inputs) {
        return new Node("", operator, inputs);
    }

    /** A node of ONNX Runtime's own operator set. */
    Node microsoft(String operator, String... inputs) {
        return new Node(MICROSOFT, operator, inputs);
    }

    /** A node of the project's own operator set. */
    Node own(String operator, String... inputs) {
        return new Node(OWN, operator, inputs);
    }

    /** A node of the project's own operator set for CUDA devices. */
    Node cuda(String operator, String... inputs) {
        return new Node(CUDA, operator, inputs);
    }

    /** The output of a node without attributes. */
    String op(String operator, String... inputs) {
        return node(operator, inputs).out();
    }

    /** A tensor of weights in the weight file. */
    String weights(String name, float[] data, long... shape) throws IOException {
        return external(name, TensorProto.DataType.FLOAT, weights.append(data), shape);
    }

    /** A matrix in the weight file that is too large to be held in memory. */
    String weights(String name, WeightFile.Rows matrix, int rows, int width) throws IOException {
        WeightFile.Region region = weights.append(matrix, rows, width);
        return external(name, TensorProto.DataType.FLOAT, region, rows, width);
    }

    /** A tensor of 32-bit integers in the weight file. */
    String weights(String name, int[] data, long... shape) throws IOException {
        return external(name, TensorProto.DataType.INT32, weights.append(data), shape);
    }

    /** A tensor of 16-bit floats in the weight file. */
    String halves(String name, short[] data, long... shape) throws IOException {
        return external(name, TensorProto.DataType.FLOAT16, weights.append(data), shape);
    }

    /** A tensor of unsigned bytes in the weight file. */
    String weights(String name, byte[] data, long... shape) throws IOException {
        return external(name, TensorProto.DataType.UINT8, weights.append(data), shape);
    }

    /** A tensor of signed bytes in the weight file. */
    String signedBytes(String name, byte[] data, long... shape) throws IOException {
        return external(name, TensorProto.DataType.INT8, weights.append(data), shape);
    }

    /** An unsigned byte inside the model. */
    String unsignedByte(int value) {
        return add(constant(TensorProto.DataType.UINT8).addInt32Data(value));
    }

    /** An unsigned byte as often as the vector {@code like} has elements. */
    String repeated(int unsignedByte, String like) {
        TensorProto.Builder value =
                TensorProto.newBuilder()
                        .setDataType(TensorProto.DataType.UINT8.getNumber())
                        .addDims(1)
                        .addInt32Data(unsignedByte);
        return node("ConstantOfShape", op("Shape", like)).attribute("value", value).out();
    }

    /** A small vector of integers inside the model. */
    String integers(long... data) {
        TensorProto.Builder tensor = constant(TensorProto.DataType.INT64).addDims(data.length);
        for (long value : data) {
            tensor.addInt64Data(value);
        }
        return add(tensor);
    }

    /** An integer inside the model. */
    String integer(long value) {
        return add(constant(TensorProto.DataType.INT64).addInt64Data(value));
    }

    /** A small vector of floats inside the model. */
    String floats(float... data) {
        TensorProto.Builder tensor = constant(TensorProto.DataType.FLOAT).addDims(data.length);
        for (float value : data) {
            tensor.addFloatData(value);
        }
        return add(tensor);
    }

    /** A float inside the model. */
    String scalar(float value) {
        return add(constant(TensorProto.DataType.FLOAT).addFloatData(value));
    }

    /** Writes the model, which refers to the weight file by its name. */
    void write(Path file) throws IOException {
        ModelProto.Builder model =
                ModelProto.newBuilder()
                        .setIrVersion(IR_VERSION)
                        .setProducerName("flink-rwkv-tts")
                        .setGraph(graph)
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET));
        for (String domain : domains) {
            model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(1));
        }
        Files.write(file, model.build().toByteArray());
    }

    private String newName(String operator) {
        return operator + "_" + values++;
    }

    private TensorProto.Builder constant(TensorProto.DataType type) {
        return TensorProto.newBuilder().setName(newName("constant")).setDataType(type.getNumber());
    }

    private String external(
            String name, TensorProto.DataType type, WeightFile.Region region, long... shape) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(type.getNumber())
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(entry("location", weights.fileName()))
                        .addExternalData(entry("offset", Long.toString(region.offset())))
                        .addExternalData(entry("length", Long.toString(region.length())));
        for (long size : shape) {
            tensor.addDims(size);
        }
        return add(tensor);
    }

    private String add(TensorProto.Builder tensor) {
        graph.addInitializer(tensor);
        return tensor.getName();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static ValueInfoProto valueInfo(
            String name, TensorProto.DataType type, Object... shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        for (Object size : shape) {
            if (size instanceof String symbol) {
                dimensions.addDimBuilder().setDimParam(symbol);
            } else {
                dimensions.addDimBuilder().setDimValue(((Number) size).longValue());
            }
        }
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(dimensions);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /** A node without its outputs, which complete it and add it to the graph. */
    final class Node {

        private final NodeProto.Builder node;

        private Node(String domain, String operator, String... inputs) {
            node = NodeProto.newBuilder().setDomain(domain).setOpType(operator);
            for (String input : inputs) {
                node.addInput(input);
            }
        }

        Node attribute(String name, long value) {
            node.addAttribute(
                    AttributeProto.newBuilder()
                            .setName(name)
                            .setType(AttributeProto.AttributeType.INT)
                            .setI(value));
            return this;
        }

        Node attribute(String name, float value) {
            node.addAttribute(
                    AttributeProto.newBuilder()
                            .setName(name)
                            .setType(AttributeProto.AttributeType.FLOAT)
                            .setF(value));
            return this;
        }

        Node attribute(String name, String value) {
            node.addAttribute(
                    AttributeProto.newBuilder()
                            .setName(name)
                            .setType(AttributeProto.AttributeType.STRING)
                            .setS(ByteString.copyFromUtf8(value)));
            return this;
        }

        Node attribute(String name, TensorProto.Builder value) {
            node.addAttribute(
                    AttributeProto.newBuilder()
                            .setName(name)
                            .setType(AttributeProto.AttributeType.TENSOR)
                            .setT(value));
            return this;
        }

        /** The first output, under a new name. */
        String out() {
            return out(newName(node.getOpType()));
        }

        /** The first output, under this name. */
        String out(String name) {
            outs(name);
            return name;
        }

        /** All outputs under these names, an empty one for an output that is not wanted. */
        void outs(String... names) {
            for (String name : names) {
                node.addOutput(name);
            }
            graph.addNode(node.setName(newName("node")));
            if (!node.getDomain().isEmpty()) {
                domains.add(node.getDomain());
            }
        }

        /** The first {@code count} outputs under new names. */
        String[] outs(int count) {
            String[] names = new String[count];
            for (int i = 0; i < count; i++) {
                names[i] = newName(node.getOpType());
            }
            outs(names);
            return names;
        }
    }
}
