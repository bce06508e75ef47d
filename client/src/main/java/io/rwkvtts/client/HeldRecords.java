package io.rwkvtts.client;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Records of one request that came before one that is missing. For one thread.
 *
 * @param <R> what a record is to the consumer
 */
final class HeldRecords<R> {

    private static final long NONE = Long.MAX_VALUE;

    private record Held<R>(R record, int bytes, long sinceMs) {}

    private final TreeMap<Long, Held<R>> chunks = new TreeMap<>();
    private final TreeMap<Long, Held<R>> ends = new TreeMap<>();

    boolean contains(long sequence, boolean end) {
        return of(end).containsKey(sequence);
    }

    void add(long sequence, boolean end, R record, int bytes, long nowMs) {
        of(end).put(sequence, new Held<>(record, bytes, nowMs));
    }

    private TreeMap<Long, Held<R>> of(boolean end) {
        return end ? ends : chunks;
    }

    boolean isEmpty() {
        return chunks.isEmpty() && ends.isEmpty();
    }

    boolean hasEnd() {
        return !ends.isEmpty();
    }

    int chunks() {
        return chunks.size();
    }

    int size() {
        return chunks.size() + ends.size();
    }

    long bytes() {
        return all().mapToLong(Held::bytes).sum();
    }

    /** When the record came that has waited longest. */
    long sinceMs() {
        return all().mapToLong(Held::sinceMs).min().orElse(NONE);
    }

    private Stream<Held<R>> all() {
        return Stream.of(chunks, ends).map(Map::values).flatMap(Collection::stream);
    }

    /** The least sequence that is held. */
    long firstSequence() {
        return LongStream.of(first(chunks), first(ends)).min().orElse(NONE);
    }

    private static long first(TreeMap<Long, ?> records) {
        return records.isEmpty() ? NONE : records.firstKey();
    }

    void clear() {
        chunks.clear();
        ends.clear();
    }

    /** Takes out an end at or below a sequence; null if none is held. */
    R takeEnd(long sequence) {
        Map.Entry<Long, Held<R>> end = ends.floorEntry(sequence);
        return end == null ? null : ends.remove(end.getKey()).record();
    }

    /** Takes out the chunk of a sequence; null if it is not held. */
    R takeChunk(long sequence) {
        Held<R> chunk = chunks.remove(sequence);
        return chunk == null ? null : chunk.record();
    }
}
