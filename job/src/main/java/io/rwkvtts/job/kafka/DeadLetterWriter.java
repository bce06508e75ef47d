package io.rwkvtts.job.kafka;

import io.rwkvtts.operator.MetricNames;
import io.rwkvtts.operator.RejectedRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes dead letters at least once. A letter that Kafka refuses as too large is written again,
 * shorter, down to its head; the connector's writer would fail the job, and after the restart the
 * same record would make the same letter, for ever.
 *
 * <p>Owns the producer. Belongs to the task's thread; the producer's thread only notes what became
 * of a letter. Keeps no state: {@link #flush} waits until Kafka has all letters.
 */
final class DeadLetterWriter
        implements StatefulSinkWriter<RejectedRecord, KafkaWriterState>,
                CommittingSinkWriter<RejectedRecord, KafkaCommittable> {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterWriter.class);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;
    private final DeadLetterSerializer serializer;
    private final Supplier<OptionalInt> topicLimit;
    private final MailboxExecutor mailbox;
    private final Counter sent;
    private final Counter cut;
    private final Counter lost;
    private final Queue<Refused> refused = new ConcurrentLinkedQueue<>();

    private int maxBytes = Integer.MAX_VALUE;
    private volatile Exception failure;
    private volatile boolean closed;

    private record Refused(RejectedRecord letter, int bytes, String reason) {}

    /**
     * @param serializer open
     * @param topicLimit asks for the topic's {@code max.message.bytes}; empty if it can't be known
     */
    DeadLetterWriter(
            Producer<byte[], byte[]> producer,
            DeadLetterSerializer serializer,
            Supplier<OptionalInt> topicLimit,
            MailboxExecutor mailbox,
            SinkWriterMetricGroup metrics) {
        this.producer = producer;
        this.serializer = serializer;
        this.topicLimit = topicLimit;
        this.mailbox = mailbox;
        sent = metrics.getNumRecordsSendCounter();
        MetricGroup group = metrics.addGroup(MetricNames.GROUP);
        cut = group.counter(MetricNames.DEAD_LETTERS_CUT);
        lost = group.counter(MetricNames.DEAD_LETTERS_LOST);
    }

    @Override
    public void write(RejectedRecord letter, Context context) throws IOException {
        settle();
        send(letter);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException {
        do {
            settle();
            producer.flush();
        } while (!refused.isEmpty());
        requireNoFailure();
    }

    private void send(RejectedRecord letter) {
        ProducerRecord<byte[], byte[]> record = serializer.record(letter, maxBytes);
        int bytes = RecordSize.of(record);
        sent.inc();
        producer.send(record, (metadata, exception) -> note(letter, bytes, exception));
    }

    /** Called by the producer's thread, or by the task's in {@code send}. */
    private void note(RejectedRecord letter, int bytes, Exception exception) {
        if (exception == null || closed) {
            return;
        }
        if (exception instanceof RecordTooLargeException) {
            refused.add(new Refused(letter, bytes, exception.getMessage()));
        } else if (failure == null) {
            failure = exception;
        }
        mailbox.execute(this::settle, "a dead letter was not written");
    }

    /** Fails if a letter failed, and writes again what was refused. */
    private void settle() throws IOException {
        requireNoFailure();
        for (Refused one = refused.poll(); one != null; one = refused.poll()) {
            sendShorter(one);
        }
    }

    private void sendShorter(Refused one) {
        if (one.bytes <= DeadLetterSerializer.SMALLEST_BYTES) {
            lost.inc();
            LOG.error(
                    "The dead letter for {} is lost: Kafka refuses even its head of {} bytes: {}",
                    one.letter.origin(),
                    one.bytes,
                    one.reason);
            return;
        }
        cut.inc();
        if (one.bytes <= maxBytes) {
            maxBytes = lowered(one.bytes);
            LOG.warn(
                    "Kafka refuses a dead letter of {} bytes ({}): from now on letters are cut to"
                            + " {} bytes",
                    one.bytes,
                    one.reason,
                    maxBytes);
        }
        send(one.letter);
    }

    /** What the topic allows if that is less than was refused, else half of this. */
    private int lowered(int refusedBytes) {
        int allowed = topicLimit.get().orElse(Integer.MAX_VALUE);
        int next = allowed < refusedBytes ? allowed : refusedBytes / 2;
        return Math.max(next, DeadLetterSerializer.SMALLEST_BYTES);
    }

    private void requireNoFailure() throws IOException {
        Exception first = failure;
        if (first != null) {
            throw new IOException("a dead letter was not written: " + first.getMessage(), first);
        }
    }

    @Override
    public Collection<KafkaCommittable> prepareCommit() {
        return List.of();
    }

    @Override
    public List<KafkaWriterState> snapshotState(long checkpointId) {
        return List.of();
    }

    @Override
    public void close() {
        closed = true;
        QuietClose.within(CLOSE_TIMEOUT, () -> producer.close(Duration.ZERO));
    }
}
