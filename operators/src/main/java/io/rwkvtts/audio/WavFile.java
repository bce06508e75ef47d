package io.rwkvtts.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A WAV file of 16-bit mono samples that can be played at any moment: its header is brought up to
 * date with each piece. Owns the file. Belongs to one thread.
 */
public final class WavFile implements AutoCloseable {

    /** Bytes before the samples. */
    public static final int HEADER_BYTES = 44;

    /** Most bytes of samples that the header's 32 bits can count, with the header's own. */
    public static final long MAX_DATA_BYTES = 0xFFFF_FFFFL - HEADER_BYTES - 1;

    private static final int RIFF_BYTES_AT = 4;
    private static final int DATA_BYTES_AT = 40;
    private static final int PCM = 1;
    private static final int BITS = 8 * Pcm16.BYTES;

    private final FileChannel file;
    private long dataBytes;

    /**
     * Makes an empty WAV file, in place of what was there.
     *
     * @param sampleRate in Hz
     */
    public WavFile(Path path, int sampleRate) throws IOException {
        try {
            file =
                    FileChannel.open(
                            path,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "%s can't be written: its directory does not exist".formatted(path), e);
        }
        try {
            write(ByteBuffer.wrap(header(0, sampleRate)), 0);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /**
     * The header of a file.
     *
     * @param dataBytes bytes of samples after it, as an unsigned 32-bit number
     */
    public static byte[] header(long dataBytes, int sampleRate) {
        if (dataBytes < 0 || dataBytes > MAX_DATA_BYTES) {
            throw new IllegalArgumentException(
                    "%d bytes of samples: a WAV file holds at most %d"
                            .formatted(dataBytes, MAX_DATA_BYTES));
        }
        return ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(ascii("RIFF"))
                .putInt(riffBytes(dataBytes))
                .put(ascii("WAVE"))
                .put(ascii("fmt "))
                .putInt(16)
                .putShort((short) PCM)
                .putShort((short) 1)
                .putInt(sampleRate)
                .putInt(sampleRate * Pcm16.BYTES)
                .putShort((short) Pcm16.BYTES)
                .putShort((short) BITS)
                .put(ascii("data"))
                .putInt((int) dataBytes)
                .array();
    }

    /**
     * Appends samples. They are in the file before the header counts them.
     *
     * @param pcm 16-bit little-endian samples
     * @throws IOException if the file can't be written, or would be larger than a WAV file can be
     */
    public void append(byte[] pcm) throws IOException {
        if (dataBytes + pcm.length > MAX_DATA_BYTES) {
            throw new IOException("a WAV file holds at most %d bytes".formatted(MAX_DATA_BYTES));
        }
        write(ByteBuffer.wrap(pcm), HEADER_BYTES + dataBytes);
        dataBytes += pcm.length;
        writeInt((int) dataBytes, DATA_BYTES_AT);
        writeInt(riffBytes(dataBytes), RIFF_BYTES_AT);
    }

    private static int riffBytes(long dataBytes) {
        return (int) (HEADER_BYTES - 8 + dataBytes);
    }

    private void writeInt(int value, long at) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        write(bytes.putInt(value).flip(), at);
    }

    private void write(ByteBuffer bytes, long at) throws IOException {
        long next = at;
        while (bytes.hasRemaining()) {
            next += file.write(bytes, next);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
