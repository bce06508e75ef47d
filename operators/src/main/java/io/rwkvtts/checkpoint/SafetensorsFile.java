package io.rwkvtts.checkpoint;

import io.rwkvtts.file.FileKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file, mapped (spec 1.8): eight bytes with the header's length, the header, the
 * numbers.
 */
record SafetensorsFile(Path path, Map<String, String> metadata, List<StoredTensor> tensors) {

    private static final int LENGTH_BYTES = 8;
    private static final long MAX_HEADER_BYTES = 100_000_000;
    private static final String CONVERT =
            "If it holds the weights of an RWKV-7 model, convert them to safetensors first";

    /**
     * @throws ModelFormatException if the file is not there or is not a whole safetensors file
     */
    static SafetensorsFile open(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new ModelFormatException(
                    path
                            + (Files.exists(path) ? " is not a file" : " does not exist")
                            + ": expected a safetensors file");
        }
        MappedFile file = MappedFile.open(path);
        String source = path.toString();
        requireNoOther(source, file);
        long headerBytes = headerBytes(source, file);
        long dataStart = LENGTH_BYTES + headerBytes;
        SafetensorsHeader header =
                SafetensorsHeaderReader.read(source, file.stream(LENGTH_BYTES, headerBytes));
        header.checkAgainst(source, file.size() - dataStart);
        List<StoredTensor> tensors =
                header.entries().stream()
                        .map(
                                entry ->
                                        new StoredTensor(
                                                entry.name(),
                                                entry.dtype(),
                                                entry.shape(),
                                                file,
                                                dataStart + entry.begin()))
                        .toList();
        return new SafetensorsFile(path, header.metadata(), tensors);
    }

    /** What can be named is not told of as a header of absurd length. */
    private static void requireNoOther(String source, MappedFile file) {
        byte[] head = new byte[(int) Math.min(FileKind.HEAD_BYTES, file.size())];
        file.read(0, head, 0, head.length);
        boolean header = head.length > LENGTH_BYTES && head[LENGTH_BYTES] == '{';
        FileKind.of(head)
                .or(() -> FileKind.ofText(head))
                .filter(kind -> !header || length(head) > MAX_HEADER_BYTES || length(head) < 0)
                .ifPresent(
                        kind -> {
                            throw new ModelFormatException(
                                    "%s is %s: expected a safetensors file. %s"
                                            .formatted(
                                                    source,
                                                    kind.what(),
                                                    kind.remedy().orElse(CONVERT)));
                        });
    }

    private static long length(byte[] head) {
        return ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private static long headerBytes(String source, MappedFile file) {
        if (file.size() < LENGTH_BYTES) {
            throw new ModelFormatException(
                    "%s has %d bytes: expected a safetensors file, which has at least 8"
                            .formatted(source, file.size()));
        }
        byte[] bytes = new byte[LENGTH_BYTES];
        file.read(0, bytes, 0, LENGTH_BYTES);
        long length = length(bytes);
        long limit = Math.min(MAX_HEADER_BYTES, file.size() - LENGTH_BYTES);
        if (length < 0 || length > limit) {
            throw new ModelFormatException(
                    "%s: the first 8 bytes give a safetensors header of %s bytes: expected at most %d (the file has %d bytes); is it another format, or truncated?"
                            .formatted(source, Long.toUnsignedString(length), limit, file.size()));
        }
        return length;
    }
}
