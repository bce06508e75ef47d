package io.rwkvtts.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * One tensor of a mapped safetensors file.
 *
 * @param name as in the file
 * @param shape row-major
 * @param file where the numbers lie, from the byte {@code position} on
 */
record StoredTensor(
        String name, TensorType type, List<Long> shape, MappedFile file, long position) {

    private static final int CHUNK_BYTES = 1 << 16;

    /** Number of elements; the header check has made sure that it doesn't overflow. */
    long elements() {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }

    /** Reads {@code count} elements from the row-major index {@code first} on. */
    void read(long first, float[] destination, int from, int count) {
        byte[] bytes = new byte[(int) Math.min(CHUNK_BYTES, (long) count * type.bytes())];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int perChunk = bytes.length / type.bytes();
        for (int done = 0; done < count; done += perChunk) {
            int chunk = Math.min(perChunk, count - done);
            file.read(position + (first + done) * type.bytes(), bytes, 0, chunk * type.bytes());
            type.decode(buffer.rewind(), destination, from + done, chunk);
        }
    }
}
