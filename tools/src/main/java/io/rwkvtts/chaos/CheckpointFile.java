package io.rwkvtts.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A file of a checkpoint, to be damaged as a disk does it.
 *
 * @param path of the file
 */
record CheckpointFile(Path path) {

    private static final String METADATA = "_metadata";
    private static final int FLIPPED_BYTES = 64;

    /** The {@code _metadata} of a checkpoint. */
    static CheckpointFile metadata(Path checkpoint) {
        return new CheckpointFile(checkpoint.resolve(METADATA));
    }

    /** The largest file of state of a checkpoint. */
    static CheckpointFile state(Path checkpoint) throws IOException {
        try (Stream<Path> files = Files.list(checkpoint)) {
            return files.filter(file -> !file.endsWith(METADATA))
                    .max(Comparator.comparingLong(CheckpointFile::size))
                    .map(CheckpointFile::new)
                    .orElseThrow(
                            () -> new IllegalStateException(checkpoint + " has no file of state"));
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Flips all bits of some bytes in the middle. */
    void flip() throws IOException {
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(FLIPPED_BYTES, file.size()));
            long place = (file.size() - bytes.capacity()) / 2;
            while (bytes.hasRemaining()) {
                file.read(bytes, place + bytes.position());
            }
            for (int i = 0; i < bytes.capacity(); i++) {
                bytes.put(i, (byte) ~bytes.get(i));
            }
            bytes.flip();
            while (bytes.hasRemaining()) {
                file.write(bytes, place + bytes.position());
            }
        }
    }

    /** Cuts off the second half. */
    void cut() throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }
    }
}
