package io.rwkvtts.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.rwkvtts.model.ByteProductModel;
import io.rwkvtts.onnx.OnnxRuntime;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteProductsTest {

    private static final int ROWS = 1_000;

    /**
     * Exact with VNNI and on ARM, not so on other x86 processors: on whichever this is, the verdict
     * is that of many rows whose products are added up here, with bytes of 128 and more, of which
     * two products of 127 and the byte may exceed 16 bits.
     */
    @Test
    void testVerdictIsThatOfManyRowsAddedUpInJava() throws OrtException {
        Random random = new Random(7);
        OrtEnvironment environment = OnnxRuntime.environment();
        boolean exact = true;
        try (OrtSession session = environment.createSession(ByteProductModel.bytes())) {
            for (int i = 0; i < ROWS; i++) {
                byte[] row = new byte[ByteProductModel.INNER];
                random.nextBytes(row);
                int expected = 0;
                for (byte value : row) {
                    expected += Byte.toUnsignedInt(value) * ByteProductModel.WEIGHT;
                }
                for (int sum : products(environment, session, row)) {
                    exact &= sum == expected;
                }
            }
        }
        assertThat(ByteProducts.exact()).isEqualTo(exact);
    }

    private static int[] products(OrtEnvironment environment, OrtSession session, byte[] row)
            throws OrtException {
        ByteBuffer memory = ByteBuffer.allocateDirect(row.length).put(row).rewind();
        try (OnnxTensor in =
                        OnnxTensor.createTensor(
                                environment,
                                memory,
                                new long[] {1, row.length},
                                OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of(ByteProductModel.IN, in))) {
            return ((int[][]) result.get(0).getValue())[0];
        }
    }

    /** What two products of 255 and 127 are where they are added into 16 bits. */
    @Test
    void testSumsThatWereCutOffAreFound() {
        int[] sums = new int[16];
        Arrays.fill(sums, 64 / 2 * Short.MAX_VALUE);
        assertThat(ByteProducts.exact(sums)).isFalse();
    }

    @Test
    void testSumsThatAreRightAreExact() {
        int[] sums = new int[16];
        Arrays.fill(sums, 64 * 255 * 127);
        assertThat(ByteProducts.exact(sums)).isTrue();
        sums[15]--;
        assertThat(ByteProducts.exact(sums)).isFalse();
    }
}
