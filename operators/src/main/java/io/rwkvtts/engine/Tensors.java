package io.rwkvtts.engine;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;

/** Memory as tensors of ONNX Runtime, which use it in place. */
final class Tensors {

    private Tensors() {}

    static OnnxTensor floats(ByteBuffer memory, long... shape) {
        return tensor(memory, shape, OnnxJavaType.FLOAT);
    }

    static OnnxTensor integers(ByteBuffer memory, long... shape) {
        return tensor(memory, shape, OnnxJavaType.INT64);
    }

    private static OnnxTensor tensor(ByteBuffer memory, long[] shape, OnnxJavaType type) {
        try {
            return OnnxTensor.createTensor(OnnxRuntime.environment(), memory, shape, type);
        } catch (OrtException e) {
            throw new InferenceException("ONNX Runtime failed to use memory as a tensor", e);
        }
    }
}
