package io.rwkvtts.client;

import io.rwkvtts.client.ConsumerRule.Join;
import io.rwkvtts.client.ConsumerRule.Taken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.IsolationLevel;

/**
 * Reads the token topic and passes on what {@link ConsumerRule} lets through: the reference
 * consumer. Reads all partitions that exist when it is made, without a consumer group.
 *
 * <p>Owns its connection. Belongs to one thread.
 */
public final class TokenListener implements AutoCloseable {

    /** Where to begin. */
    public enum Start {
        /** With the oldest record that Kafka holds: all requests begin with sequence 0. */
        EARLIEST,
        /**
         * With the first record written after the listener was made. Requests that it was not told
         * to {@link #expect} are taken from the first record that is seen of them.
         */
        LATEST
    }

    private final TokenConsumer consumer;
    private final ConsumerRule<ReceivedTokens> rule;
    private final Queue<String> expected = new ConcurrentLinkedQueue<>();

    /**
     * Connects and finds where to begin.
     *
     * @param clientProperties properties of a Kafka client, with {@code bootstrap.servers}
     * @param topic the token topic; must exist
     * @param start where to begin
     * @param isolation whether to see records of transactions that are not committed; of importance
     *     only if the job delivers exactly once
     */
    public TokenListener(
            Properties clientProperties, String topic, Start start, IsolationLevel isolation) {
        this(clientProperties, topic, start, isolation, HoldLimits.DEFAULT);
    }

    /**
     * Connects and finds where to begin.
     *
     * @param limits how long and how much is held of requests of which a record is missing
     */
    public TokenListener(
            Properties clientProperties,
            String topic,
            Start start,
            IsolationLevel isolation,
            HoldLimits limits) {
        boolean fromOldest = start == Start.EARLIEST;
        consumer = TokenConsumer.connect(clientProperties, topic, fromOldest, isolation);
        rule =
                new ConsumerRule<>(
                        fromOldest ? Join.BEFORE_REQUESTS : Join.AMONG_REQUESTS,
                        limits,
                        ConsumerRule.DEDUP_WINDOW);
    }

    /**
     * The accepted records among the next ones, in the order of each partition.
     *
     * @param timeout how long to wait for any record
     * @return possibly empty
     */
    public List<ReceivedTokens> poll(Duration timeout) {
        List<ReceivedTokens> accepted = new ArrayList<>();
        Consumer<Taken<ReceivedTokens>> taken =
                next -> accepted.add(next.record().after(next.missing()));
        ConsumerRecords<byte[], byte[]> records = consumer.poll(timeout);
        for (String id = expected.poll(); id != null; id = expected.poll()) {
            rule.expect(id);
        }
        long nowMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            receive(record, nowMs, taken);
        }
        rule.expire(nowMs, taken);
        return accepted;
    }

    /**
     * Announces that a request is about to be sent, so that it begins with sequence 0 wherever the
     * listener began. May be called by any thread.
     */
    public void expect(String requestId) {
        expected.add(requestId);
    }

    /** Number of records dropped so far: repetitions, and what came after an end. */
    public long dropped() {
        return rule.dropped();
    }

    /** Requests of which a record is being waited for. */
    public int waiting() {
        return rule.waiting();
    }

    private void receive(
            ConsumerRecord<byte[], byte[]> record,
            long nowMs,
            Consumer<Taken<ReceivedTokens>> taken) {
        ReceivedTokens received = consumer.decode(record);
        if (received != null) {
            rule.receive(
                    received.tokens().getRequestId(),
                    received.tokens().getSequence(),
                    received.end(),
                    received,
                    record.serializedValueSize(),
                    nowMs,
                    taken);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
