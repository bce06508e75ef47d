package io.rwkvtts.engine.cpu;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.model.ByteProductModel;
import io.rwkvtts.onnx.OnnxRuntime;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * Whether this machine adds up products of bytes exactly. On x86 processors without VNNI, ONNX
 * Runtime adds two products into 16 bits, which cuts off large sums.
 */
final class ByteProducts {

    private static final int LARGEST = 255;

    private ByteProducts() {}

    /** Multiplies the largest bytes and looks at the sums. */
    static boolean exact() {
        OrtEnvironment environment = OnnxRuntime.environment();
        byte[] row = new byte[ByteProductModel.INNER];
        Arrays.fill(row, (byte) LARGEST);
        ByteBuffer memory = ByteBuffer.allocateDirect(row.length).put(row).rewind();
        try (OrtSession session = environment.createSession(ByteProductModel.bytes());
                OnnxTensor in =
                        OnnxTensor.createTensor(
                                environment,
                                memory,
                                new long[] {1, row.length},
                                OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of(ByteProductModel.IN, in))) {
            return exact(((int[][]) result.get(0).getValue())[0]);
        } catch (OrtException e) {
            throw new InferenceException("ONNX Runtime failed to multiply bytes", e);
        }
    }

    static boolean exact(int[] sums) {
        int expected = ByteProductModel.INNER * LARGEST * ByteProductModel.WEIGHT;
        return Arrays.stream(sums).allMatch(sum -> sum == expected);
    }
}
