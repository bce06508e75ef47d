package io.rwkvtts.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;

/** Memory as tensors of ONNX Runtime, which use it in place. */
public final class Tensors {

    private Tensors() {}

    /** A tensor of 32-bit floats. */
    public static OnnxTensor floats(ByteBuffer memory, long... shape) throws OrtException {
        return tensor(memory, shape, OnnxJavaType.FLOAT);
    }

    /** A tensor of 64-bit integers. */
    public static OnnxTensor integers(ByteBuffer memory, long... shape) throws OrtException {
        return tensor(memory, shape, OnnxJavaType.INT64);
    }

    private static OnnxTensor tensor(ByteBuffer memory, long[] shape, OnnxJavaType type)
            throws OrtException {
        return OnnxTensor.createTensor(OnnxRuntime.environment(), memory, shape, type);
    }
}
