package io.rwkvtts.client;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What is known of a request that has not ended, as one listener reads it. Belongs to the thread
 * that reads.
 */
final class OpenRequest {

    private final String reader;
    private final SpeechRequest request;
    private final long firstSequence;
    private int partition = -1;
    private long nextOffset;
    private long activeAtMs = -1;

    /**
     * A request of which nothing was read.
     *
     * @param reader under which the consumer's rule knows it; no other has it
     * @param firstSequence of the first record that it is to receive
     */
    OpenRequest(String reader, SpeechRequest request, long firstSequence) {
        this.reader = reader;
        this.request = request;
        this.firstSequence = firstSequence;
    }

    String reader() {
        return reader;
    }

    SpeechRequest request() {
        return request;
    }

    /**
     * Takes note of a record that was read; false if it was read before. When one request is read
     * back, others are not given their records again: the rule takes repetitions of the job, but an
     * end that it has thrown away would be one now.
     */
    boolean read(ConsumerRecord<?, ?> record) {
        if (record.partition() == partition && record.offset() < nextOffset) {
            return false;
        }
        partition = record.partition();
        nextOffset = record.offset() + 1;
        return true;
    }

    /** Whether the request is to receive a record that the rule lets through. */
    boolean wants(ReceivedTokens record) {
        return record.end() || record.tokens().getSequence() >= firstSequence;
    }

    /**
     * Whether nothing was sent or received for longer than a timeout, as far as this was asked.
     *
     * @param nowMs time in milliseconds that never runs back
     */
    boolean isIdle(long nowMs, Duration timeout) {
        if (request.takeActivity() || activeAtMs < 0) {
            activeAtMs = nowMs;
        }
        return nowMs - activeAtMs > timeout.toMillis();
    }
}
