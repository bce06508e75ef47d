package io.rwkvtts.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * One tensor of a mapped safetensors file.
 *
 * @param name as in the file
 * @param dtype type of its numbers, as in the file; need not be known
 * @param shape row-major
 * @param file where the numbers lie, from the byte {@code position} on
 */
record StoredTensor(String name, String dtype, List<Long> shape, MappedFile file, long position) {

    private static final int CHUNK_BYTES = 1 << 16;

    /** Number of elements; of a known type the header check made sure that it doesn't overflow. */
    long elements() {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }

    /**
     * The type of its numbers.
     *
     * @throws ModelFormatException if it is none of those that are read
     */
    TensorType type() {
        return TensorType.named(dtype)
                .orElseThrow(
                        () ->
                                new ModelFormatException(
                                        "tensor %s has dtype %s: expected one of %s"
                                                .formatted(
                                                        name,
                                                        dtype,
                                                        Arrays.toString(TensorType.values()))));
    }

    /**
     * Reads {@code count} elements from the row-major index {@code first} on.
     *
     * @throws ModelFormatException if their type is not known
     */
    void read(long first, float[] destination, int from, int count) {
        TensorType type = type();
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
