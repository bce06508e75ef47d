package io.rwkvtts.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class TensorTypeTest {

    @Test
    void testBfloat16IsTheUpperHalfOfAFloat() {
        ByteBuffer buffer = buffer(2 * 65536);
        for (int bits = 0; bits < 65536; bits++) {
            buffer.putShort((short) bits);
        }
        float[] values = new float[65536];
        TensorType.BF16.decode(buffer.flip(), values, 0, values.length);
        for (int bits = 0; bits < 65536; bits++) {
            assertThat(Float.floatToRawIntBits(values[bits])).isEqualTo(bits << 16);
        }
    }

    @Test
    void testBfloat16IsRoundedToTheNearestWithMiddlesToTheEvenOne() {
        assertThat(bfloat16(0x3f80_8000)).isEqualTo(0x3f80);
        assertThat(bfloat16(0x3f80_8001)).isEqualTo(0x3f81);
        assertThat(bfloat16(0x3f81_8000)).isEqualTo(0x3f82);
        assertThat(bfloat16(0x3f80_7fff)).isEqualTo(0x3f80);
        assertThat(bfloat16(0xbf81_8000)).isEqualTo(0xbf82);
        assertThat(bfloat16(Float.floatToIntBits(Float.MAX_VALUE))).isEqualTo(0x7f80);
        assertThat(bfloat16(Float.floatToIntBits(Float.NaN))).isEqualTo(0x7fc0);
    }

    @Test
    void testNumbersAreLittleEndian() {
        float[] values = new float[3];
        TensorType.F32.decode(bytes(0, 0, 0x80, 0x3f), values, 0, 1);
        TensorType.F16.decode(bytes(0, 0xc0), values, 1, 1);
        TensorType.BF16.decode(bytes(0x40, 0x40), values, 2, 1);
        assertThat(values).containsExactly(1f, -2f, 3f);
    }

    private static int bfloat16(int floatBits) {
        ByteBuffer buffer = buffer(2);
        TensorType.BF16.encode(Float.intBitsToFloat(floatBits), buffer);
        return buffer.getShort(0) & 0xffff;
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = buffer(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
