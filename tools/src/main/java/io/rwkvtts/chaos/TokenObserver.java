package io.rwkvtts.chaos;

import io.rwkvtts.client.HoldLimits;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.TokenListener;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.IsolationLevel;

/**
 * Watches the token topic in two ways: as the consumer whose view is judged, which drops repeated
 * records and, where the job delivers exactly once, sees committed ones only; and as a witness of
 * every record that is written, who knows which generations are running and when one goes on after
 * a fault, and holds each record, repeated or not, against the undisturbed run.
 *
 * <p>Owns a thread that reads. The methods may be called by any thread.
 */
final class TokenObserver implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(10);

    /** Longer than any fault and the restart that follows; a gap shows before the run is over. */
    private static final HoldLimits LIMITS =
            new HoldLimits(
                    Duration.ofSeconds(90),
                    HoldLimits.DEFAULT.recordsPerRequest(),
                    HoldLimits.DEFAULT.bytes());

    private final Map<String, Speech> undisturbed;
    private final Consumer<AudioTokens> onRecord;
    private final KafkaSettings kafka;
    private final IsolationLevel isolation;
    private final Thread thread;
    private boolean closed;
    private Exception failure;

    private final Set<String> running = new HashSet<>();
    private final Set<String> ended = new HashSet<>();
    private final Map<String, Long> progress = new HashMap<>();
    private final List<Emission> sinceMark = new ArrayList<>();
    private long doneRecords;
    private long emissions;
    private long changedTokens;

    private final Map<String, List<AudioTokens>> accepted = new HashMap<>();
    private int acceptedEnds;
    private long dropped;
    private long gaps;
    private final Waits waits = new Waits();
    private long latestAcceptedNanos = System.nanoTime();

    /**
     * Begins to watch.
     *
     * @param undisturbed by request id
     * @param onRecord hears of every record, on the thread that reads
     */
    TokenObserver(
            KafkaSettings kafka,
            IsolationLevel isolation,
            Map<String, Speech> undisturbed,
            Consumer<AudioTokens> onRecord) {
        this.kafka = kafka;
        this.isolation = isolation;
        this.undisturbed = undisturbed;
        this.onRecord = onRecord;
        this.thread = new Thread(this::read, "token-observer");
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        try (EmissionReader reader = new EmissionReader(kafka);
                TokenListener listener =
                        new TokenListener(
                                kafka.properties(),
                                kafka.tokensTopic(),
                                TokenListener.Start.EARLIEST,
                                isolation,
                                LIMITS)) {
            while (!isClosed()) {
                List<Emission> emitted = reader.poll(POLL);
                List<ReceivedTokens> received = listener.poll(POLL);
                synchronized (this) {
                    emitted.forEach(this::witness);
                    received.forEach(this::accept);
                    dropped = listener.dropped();
                    waits.update(
                            listener.waiting(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
                    notifyAll();
                }
                emitted.forEach(emission -> onRecord.accept(emission.tokens()));
            }
        } catch (Exception e) {
            synchronized (this) {
                failure = e;
                notifyAll();
            }
        }
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
            // An end can be taken back by a failure, and the request go on.
            ended.remove(id);
            running.add(id);
            changedTokens += Comparison.changedTokens(record, undisturbed.get(id));
            now = record.getSequence() + 1;
        }
        if (now > before) {
            progress.put(id, now);
            doneRecords += now - before;
        }
    }

    private void accept(ReceivedTokens received) {
        AudioTokens record = received.tokens();
        gaps += received.gap() ? 1 : 0;
        accepted.computeIfAbsent(record.getRequestId(), id -> new ArrayList<>()).add(record);
        acceptedEnds += record.getFinishReason() == null ? 0 : 1;
        latestAcceptedNanos = System.nanoTime();
    }

    /**
     * Waits until so many records of the undisturbed run have been written or, their requests being
     * ended, never will, and a generation is running.
     *
     * @return false if all requests have ended before
     */
    synchronized boolean awaitMidSpeech(long records, Duration quietLimit) throws Exception {
        require(
                await(() -> doneRecords >= records && !running.isEmpty() || allEnded(), quietLimit),
                "%d records, of which %d came".formatted(records, doneRecords),
                quietLimit);
        return !running.isEmpty();
    }

    private boolean allEnded() {
        return ended.size() == undisturbed.size();
    }

    /** Waits until the consumer has seen the ends of so many requests, or nothing more comes. */
    synchronized void awaitEnds(int requests, Duration quietLimit) throws InterruptedException {
        await(() -> acceptedEnds >= requests, quietLimit);
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

    /** Waits for the condition; false if nothing has been written for so long. */
    private boolean await(BooleanSupplier condition, Duration quietLimit)
            throws InterruptedException {
        long seen = emissions;
        long limit = System.nanoTime() + quietLimit.toNanos();
        while (!condition.getAsBoolean()) {
            if (failure != null) {
                throw new IllegalStateException("the token topic cannot be read", failure);
            }
            long left = limit - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000 + 1);
            if (emissions > seen) {
                seen = emissions;
                limit = System.nanoTime() + quietLimit.toNanos();
            }
        }
        return true;
    }

    private static void require(boolean came, String subject, Duration quietLimit)
            throws TimeoutException {
        if (!came) {
            throw new TimeoutException(
                    "waited for %s, but nothing was written for %d s"
                            .formatted(subject, quietLimit.toSeconds()));
        }
    }

    /** Requests that have put out a chunk and not yet ended. */
    synchronized int running() {
        return running.size();
    }

    /** Tokens, of any record written so far, that are not those of the undisturbed run. */
    synchronized long changedTokens() {
        return changedTokens;
    }

    /** Records that the consumer has dropped so far. */
    synchronized long dropped() {
        return dropped;
    }

    /** Records so far before which the consumer had to give others up. */
    synchronized long gaps() {
        return gaps;
    }

    /** Times that the consumer has waited for missing records so far. */
    synchronized int waits() {
        return waits.count();
    }

    /** The longest of them, milliseconds. */
    synchronized long longestWaitMs() {
        return waits.longestMs();
    }

    /** What the consumer has seen of a request so far. */
    synchronized Speech speech(String id) {
        return Speech.of(accepted.getOrDefault(id, List.of()));
    }

    /** Nanoseconds since the consumer took a record. */
    synchronized long quietNanos() {
        return System.nanoTime() - latestAcceptedNanos;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
