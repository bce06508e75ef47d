package io.rwkvtts.checkpoint;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Writes checkpoints with random weights, of any shape, in the official naming: to measure and to
 * test with where no trained weights are at hand. What such a model generates is noise.
 *
 * <p>The bytes are a function of shape, type and seed alone, the same on every machine. The seed is
 * in the file's metadata, so that a reader knows what it has before it.
 */
public final class RandomCheckpoint {

    static final String SEED_KEY = "random_seed";
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int DATA_ALIGNMENT = 8;

    private RandomCheckpoint() {}

    /**
     * Writes a checkpoint, tensor by tensor: memory does not grow with the model. A file of that
     * name is replaced, and only when the new one is whole.
     *
     * @param seed all 64 bits count
     * @throws IOException if the directory of {@code file} is not there or has no room, or writing
     *     fails
     */
    public static void write(Path file, ModelShape shape, TensorType type, long seed)
            throws IOException {
        Path target = file.toAbsolutePath();
        checkTarget(target, OfficialTensors.parameters(shape) * type.bytes());
        Path partial =
                target.resolveSibling(
                        ".%s.%s.part".formatted(target.getFileName(), UUID.randomUUID()));
        FileChannel channel =
                FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        partial.toFile().deleteOnExit();
        try {
            try (channel) {
                write(channel, shape, type, seed);
            }
            Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static void checkTarget(Path target, long bytes) throws IOException {
        Path directory = target.getParent();
        if (Files.isDirectory(target)) {
            throw new FileSystemException(
                    target.toString(), null, "is a directory: expected the name of a file");
        }
        if (!Files.isDirectory(directory)) {
            throw new FileSystemException(
                    directory.toString(), null, "is no directory: expected one to write into");
        }
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < bytes) {
            throw new FileSystemException(
                    directory.toString(),
                    null,
                    "%,d bytes are free: the weights take %,d".formatted(free, bytes));
        }
    }

    /** The seed in the metadata of a file written here. */
    static OptionalLong seedOf(CheckpointFiles files) {
        String seed = files.metadata().get(SEED_KEY);
        if (seed == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseUnsignedLong(seed));
        } catch (NumberFormatException e) {
            throw new ModelFormatException(
                    "%s: __metadata__ %s is \"%s\": expected an unsigned 64-bit number"
                            .formatted(files.path(), SEED_KEY, seed),
                    e);
        }
    }

    private static void write(FileChannel channel, ModelShape shape, TensorType type, long seed)
            throws IOException {
        List<OfficialTensor> tensors = OfficialTensors.of(shape).toList();
        byte[] header = header(tensors, type, seed);
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(header.length);
        drain(buffer, channel);
        ByteBuffer headerBuffer = ByteBuffer.wrap(header);
        while (headerBuffer.hasRemaining()) {
            channel.write(headerBuffer);
        }
        for (int i = 0; i < tensors.size(); i++) {
            OfficialTensor tensor = tensors.get(i);
            RandomWeights weights = RandomWeights.of(tensor, shape, seed, i);
            long elements = tensor.elements();
            for (long element = 0; element < elements; element++) {
                if (buffer.remaining() < type.bytes()) {
                    drain(buffer, channel);
                }
                type.encode(weights.value(element), buffer);
            }
        }
        drain(buffer, channel);
    }

    private static byte[] header(List<OfficialTensor> tensors, TensorType type, long seed)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new ObjectMapper().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeObjectFieldStart("__metadata__");
            json.writeStringField("comment", "random weights, not trained: the output is noise");
            json.writeStringField(SEED_KEY, Long.toUnsignedString(seed));
            json.writeEndObject();
            long begin = 0;
            for (OfficialTensor tensor : tensors) {
                long end = begin + tensor.elements() * type.bytes();
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", type.name());
                json.writeObjectField("shape", tensor.shape());
                json.writeObjectField("data_offsets", List.of(begin, end));
                json.writeEndObject();
                begin = end;
            }
            json.writeEndObject();
        }
        while (bytes.size() % DATA_ALIGNMENT != 0) {
            bytes.write(' ');
        }
        return bytes.toByteArray();
    }

    private static void drain(ByteBuffer buffer, FileChannel channel) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }
}
