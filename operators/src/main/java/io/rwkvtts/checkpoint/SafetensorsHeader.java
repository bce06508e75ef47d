package io.rwkvtts.checkpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON at the start of a safetensors file.
 *
 * @param metadata the free {@code __metadata__}
 * @param entries the tensors, in the order of the file's header
 */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> entries) {

    /**
     * One tensor: its bytes are [begin, end) after the header.
     *
     * @param dtype as in the header
     * @param shape row-major; empty for a scalar
     */
    record Entry(String name, String dtype, List<Long> shape, long begin, long end) {

        /** The type if it is one of those that are read. */
        Optional<TensorType> type() {
            return TensorType.named(dtype);
        }

        /**
         * @throws ArithmeticException if the shape asks for more than 2^63 bytes
         */
        long expectedBytes(TensorType type) {
            return shape.contains(0L)
                    ? 0
                    : shape.stream().reduce((long) type.bytes(), Math::multiplyExact);
        }
    }

    /**
     * Checks that each tensor of a known type has the bytes its shape asks for and that the tensors
     * fill the data section: safetensors allows neither overlaps nor holes, so that a file has one
     * meaning.
     *
     * @param source names the file in messages
     * @param dataBytes bytes in the file after the header
     */
    void checkAgainst(String source, long dataBytes) {
        for (Entry entry : entries) {
            checkRange(source, entry, dataBytes);
            entry.type().ifPresent(type -> checkBytes(source, entry, type));
        }
        List<Entry> byPosition = new ArrayList<>(entries);
        byPosition.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long covered = 0;
        for (Entry entry : byPosition) {
            if (entry.begin() != covered) {
                throw new ModelFormatException(
                        "%s: tensor %s begins at byte %d of the data section, where the tensors before it end at %d: expected neither overlap nor hole"
                                .formatted(source, entry.name(), entry.begin(), covered));
            }
            covered = entry.end();
        }
        if (covered != dataBytes) {
            throw new ModelFormatException(
                    "%s: %d bytes follow the last tensor: expected none"
                            .formatted(source, dataBytes - covered));
        }
    }

    private static void checkRange(String source, Entry entry, long dataBytes) {
        if (entry.begin() < 0 || entry.end() < entry.begin() || entry.end() > dataBytes) {
            throw new ModelFormatException(
                    "%s: data_offsets [%d, %d] of tensor %s lie outside the %d bytes after the header; is the file truncated?"
                            .formatted(
                                    source, entry.begin(), entry.end(), entry.name(), dataBytes));
        }
    }

    private static void checkBytes(String source, Entry entry, TensorType type) {
        long bytes = entry.end() - entry.begin();
        long expected;
        try {
            expected = entry.expectedBytes(type);
        } catch (ArithmeticException overflow) {
            throw new ModelFormatException(
                    "%s: shape %s of tensor %s is too large"
                            .formatted(source, entry.shape(), entry.name()),
                    overflow);
        }
        if (bytes != expected) {
            throw new ModelFormatException(
                    "%s: tensor %s of type %s and shape %s has %d bytes: expected %d"
                            .formatted(source, entry.name(), type, entry.shape(), bytes, expected));
        }
    }
}
