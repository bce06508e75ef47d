package io.rwkvtts.model;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Writes tensors one after another, little-endian, each at a page border so that it can be mapped
 * into memory on its own.
 */
final class WeightFile implements AutoCloseable {

    private static final int PAGE = 4096;
    private static final int BUFFER_FLOATS = 1 << 16;

    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(BUFFER_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /** Where a tensor is. */
    record Region(long offset, long length) {}

    WeightFile(Path file) throws IOException {
        this.file = file;
        channel = FileChannel.open(file, CREATE_NEW, WRITE);
    }

    String fileName() {
        return file.getFileName().toString();
    }

    /** Gives out some rows of a matrix, row-major. */
    @FunctionalInterface
    interface Rows {
        /** Rows {@code from} (inclusive) to {@code to} (exclusive). */
        float[] rows(int from, int to) throws IOException;
    }

    /** Appends a matrix of any size, of which only a few rows are in memory at a time. */
    Region append(Rows matrix, int rows, int width) throws IOException {
        long offset = startRegion();
        int step = Math.max(1, BUFFER_FLOATS / width);
        for (int from = 0; from < rows; from += step) {
            write(matrix.rows(from, Math.min(rows, from + step)));
        }
        return new Region(offset, (long) rows * width * Float.BYTES);
    }

    Region append(float[] data) throws IOException {
        long offset = startRegion();
        write(data);
        return new Region(offset, (long) data.length * Float.BYTES);
    }

    private void write(float[] data) throws IOException {
        for (int from = 0; from < data.length; from += BUFFER_FLOATS) {
            int count = Math.min(BUFFER_FLOATS, data.length - from);
            buffer.clear().limit(count * Float.BYTES);
            buffer.asFloatBuffer().put(data, from, count);
            write(buffer);
        }
    }

    Region append(int[] data) throws IOException {
        long offset = startRegion();
        ByteBuffer bytes =
                ByteBuffer.allocate(data.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(data);
        write(bytes);
        return new Region(offset, bytes.capacity());
    }

    Region append(short[] data) throws IOException {
        long offset = startRegion();
        ByteBuffer bytes =
                ByteBuffer.allocate(data.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asShortBuffer().put(data);
        write(bytes);
        return new Region(offset, bytes.capacity());
    }

    Region append(byte[] data) throws IOException {
        long offset = startRegion();
        write(ByteBuffer.wrap(data));
        return new Region(offset, data.length);
    }

    /** Makes sure that the file outlives a crash of the machine, and closes it. */
    @Override
    public void close() throws IOException {
        try (channel) {
            channel.force(true);
        }
    }

    private long startRegion() throws IOException {
        long position = channel.position();
        long offset = (position + PAGE - 1) / PAGE * PAGE;
        channel.position(offset);
        return offset;
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
