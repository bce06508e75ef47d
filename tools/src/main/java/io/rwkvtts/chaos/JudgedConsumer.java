package io.rwkvtts.chaos;

import io.rwkvtts.client.HoldLimits;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.schema.AudioTokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.IsolationLevel;

/**
 * The consumer whose view is judged. It drops repeated records and, where the job delivers exactly
 * once, sees committed ones only. It reads the whole topic, not only the requests that were sent,
 * so that a record counts that should not be there.
 */
final class JudgedConsumer extends TopicWatcher {

    private static final Duration POLL = Duration.ofMillis(20);

    /** Longer than any fault and the restart that follows; a gap shows before the run is over. */
    private static final HoldLimits LIMITS =
            new HoldLimits(
                    Duration.ofSeconds(90),
                    HoldLimits.DEFAULT.recordsPerRequest(),
                    HoldLimits.DEFAULT.bytes());

    private final KafkaSettings kafka;
    private final IsolationLevel isolation;
    private final LongSupplier written;

    private final Map<String, List<AudioTokens>> accepted = new HashMap<>();
    private int acceptedEnds;
    private long dropped;
    private long gaps;
    private final Waits waits = new Waits();
    private long latestAcceptedNanos = System.nanoTime();

    private JudgedConsumer(KafkaSettings kafka, IsolationLevel isolation, LongSupplier written) {
        super("judged-consumer");
        this.kafka = kafka;
        this.isolation = isolation;
        this.written = written;
    }

    /**
     * Begins to read.
     *
     * @param written how many records were written so far: while there are more, it is worth to
     *     wait
     */
    static JudgedConsumer start(
            KafkaSettings kafka, IsolationLevel isolation, LongSupplier written) {
        JudgedConsumer consumer = new JudgedConsumer(kafka, isolation, written);
        consumer.start();
        return consumer;
    }

    @Override
    void read() {
        try (TokenListener listener =
                new TokenListener(
                        kafka.properties(),
                        kafka.topics().tokens(),
                        TokenListener.Start.EARLIEST,
                        isolation,
                        LIMITS)) {
            while (!isClosed()) {
                List<ReceivedTokens> received = listener.poll(POLL);
                synchronized (this) {
                    received.forEach(this::accept);
                    dropped = listener.dropped();
                    waits.update(
                            listener.waiting(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
                    notifyAll();
                }
            }
        }
    }

    @Override
    long records() {
        return written.getAsLong();
    }

    private void accept(ReceivedTokens received) {
        AudioTokens record = received.tokens();
        gaps += received.gap() ? 1 : 0;
        accepted.computeIfAbsent(record.getRequestId(), id -> new ArrayList<>()).add(record);
        acceptedEnds += record.getFinishReason() == null ? 0 : 1;
        latestAcceptedNanos = System.nanoTime();
    }

    /** Waits until the consumer has seen the ends of that many requests, or nothing more comes. */
    synchronized void awaitEnds(int requests, Duration quietLimit) throws InterruptedException {
        await(() -> acceptedEnds >= requests, quietLimit);
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
}
