package io.rwkvtts.chaos;

import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.schema.AudioTokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A witness of every record that is written to the token topic, committed or not: it knows which
 * generations are running and when one continues after a fault, and compares each record, repeated
 * or not, with the undisturbed run.
 */
final class RecordWitness extends TopicWatcher {

    private static final Duration POLL = Duration.ofMillis(20);

    private final KafkaSettings kafka;
    private final Map<String, Speech> undisturbed;
    private final Set<String> unprompted;
    private final Consumer<AudioTokens> onRecord;

    /** Partitions of the token topic by request id. */
    private final Map<String, Integer> running = new TreeMap<>();

    private final Set<String> ended = new HashSet<>();
    private final Map<String, Long> progress = new HashMap<>();
    private final List<Emission> sinceMark = new ArrayList<>();
    private long doneRecords;
    private long emissions;
    private long changedTokens;

    private RecordWitness(
            KafkaSettings kafka,
            Map<String, Speech> undisturbed,
            Set<String> unprompted,
            Consumer<AudioTokens> onRecord) {
        super("record-witness");
        this.kafka = kafka;
        this.undisturbed = undisturbed;
        this.unprompted = Set.copyOf(unprompted);
        this.onRecord = onRecord;
    }

    /**
     * Begins to watch.
     *
     * @param undisturbed by request id
     * @param unprompted ids of the requests that come whether a fault strikes or not
     * @param onRecord hears of every record, on the thread that reads
     */
    static RecordWitness start(
            KafkaSettings kafka,
            Map<String, Speech> undisturbed,
            Set<String> unprompted,
            Consumer<AudioTokens> onRecord) {
        RecordWitness witness = new RecordWitness(kafka, undisturbed, unprompted, onRecord);
        witness.start();
        return witness;
    }

    @Override
    void read() throws Exception {
        try (EmissionReader reader = new EmissionReader(kafka)) {
            while (!isClosed()) {
                List<Emission> emitted = reader.poll(POLL);
                synchronized (this) {
                    emitted.forEach(this::witness);
                    notifyAll();
                }
                emitted.forEach(emission -> onRecord.accept(emission.tokens()));
            }
        }
    }

    /** Records that were written so far. */
    @Override
    synchronized long records() {
        return emissions;
    }

    private void witness(Emission emission) {
        AudioTokens record = emission.tokens();
        String id = record.getRequestId();
        emissions++;
        sinceMark.add(emission);
        long before = progress.getOrDefault(id, 0L);
        long now;
        if (emission.end()) {
            running.remove(id);
            ended.add(id);
            now = undisturbed.get(id).records().size();
        } else {
            // An end can be taken back by a failure, and the request continue.
            ended.remove(id);
            running.put(id, emission.partition());
            changedTokens += Comparison.changedTokens(record, undisturbed.get(id));
            now = record.getSequence() + 1;
        }
        if (now > before) {
            progress.put(id, now);
            doneRecords += now - before;
        }
    }

    /**
     * Waits until that many records of the undisturbed run have been written or, their requests
     * being ended, never will, and a generation is running.
     *
     * @return false if all requests have ended before
     */
    synchronized boolean awaitGeneration(long records, Duration quietLimit) throws Exception {
        require(
                await(() -> doneRecords >= records && !running.isEmpty() || allEnded(), quietLimit),
                "%d records, of which %d came".formatted(records, doneRecords),
                quietLimit);
        return !running.isEmpty();
    }

    private boolean allEnded() {
        return running.isEmpty() && ended.containsAll(unprompted);
    }

    /**
     * Waits until a record of a request has been written, counted from its first or, if negative,
     * back from its last one: 0 is the first one, −1 the last one.
     */
    synchronized void awaitChunk(String id, int place, Duration quietLimit) throws Exception {
        int chunks = undisturbed.get(id).records().size();
        long wanted = (place < 0 ? chunks + place : place) + 1L;
        require(
                await(() -> progress.getOrDefault(id, 0L) >= wanted, quietLimit),
                "chunk %d of %s".formatted(wanted - 1, id),
                quietLimit);
    }

    /** Forgets the records so far; those that come from now on may answer a fault. */
    synchronized void mark() {
        sinceMark.clear();
    }

    /**
     * Waits for a record since the mark.
     *
     * @return when it could be read, epoch milliseconds; empty if all requests have ended before
     */
    synchronized OptionalLong awaitEmission(Predicate<Emission> wanted, Duration limit)
            throws Exception {
        require(
                await(() -> first(wanted).isPresent() || allEnded(), limit),
                "the next chunk",
                limit);
        return first(wanted);
    }

    private OptionalLong first(Predicate<Emission> wanted) {
        return sinceMark.stream().filter(wanted).mapToLong(Emission::receivedAtMs).findFirst();
    }

    private static void require(boolean came, String subject, Duration quietLimit)
            throws TimeoutException {
        if (!came) {
            throw new TimeoutException(
                    "waited for %s, but nothing was written for %d s"
                            .formatted(subject, quietLimit.toSeconds()));
        }
    }

    /** Requests that have emitted a chunk and not yet ended. */
    synchronized int running() {
        return running.size();
    }

    /** Partitions that those write to; none twice. */
    synchronized List<Integer> partitions() {
        return running.values().stream().distinct().toList();
    }

    /** Tokens, of any record written so far, that are not those of the undisturbed run. */
    synchronized long changedTokens() {
        return changedTokens;
    }
}
