package io.rwkvtts.job.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink.PrecommittingStatefulSinkWriter;

/**
 * The connector's writer, made fit for a broker that is out of reach or refuses a record:
 *
 * <ul>
 *   <li>Its {@link #close} throws nothing and ends in time. Flink closes a task that has failed or
 *       was cancelled in the handler of that failure; an exception there ends the process of the
 *       TaskManager with all other jobs in it, and so does a close that takes minutes.
 *   <li>A record that is too large for the topic ends the job, see {@link Refusals}.
 * </ul>
 *
 * <p>Owns the connector's writer. Belongs to the task's thread.
 *
 * @param <T> what is written
 */
final class GuardedWriter<T>
        implements StatefulSinkWriter<T, KafkaWriterState>,
                CommittingSinkWriter<T, KafkaCommittable> {

    /** Enough for a broker that answers to abort the transaction. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final PrecommittingStatefulSinkWriter<T, KafkaWriterState, KafkaCommittable> writer;
    private final Refusals refusals;
    private final Duration closeTimeout;

    GuardedWriter(
            PrecommittingStatefulSinkWriter<T, KafkaWriterState, KafkaCommittable> writer,
            Refusals refusals) {
        this(writer, refusals, CLOSE_TIMEOUT);
    }

    GuardedWriter(
            PrecommittingStatefulSinkWriter<T, KafkaWriterState, KafkaCommittable> writer,
            Refusals refusals,
            Duration closeTimeout) {
        this.writer = writer;
        this.refusals = refusals;
        this.closeTimeout = closeTimeout;
    }

    @Override
    public void write(T element, Context context) throws IOException, InterruptedException {
        try {
            writer.write(element, context);
        } catch (IOException | RuntimeException e) {
            refusals.endJobIfLasting(e);
            throw e;
        }
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        try {
            writer.flush(endOfInput);
        } catch (IOException | RuntimeException e) {
            refusals.endJobIfLasting(e);
            throw e;
        }
    }

    @Override
    public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
        writer.writeWatermark(watermark);
    }

    @Override
    public Collection<KafkaCommittable> prepareCommit() throws IOException, InterruptedException {
        return writer.prepareCommit();
    }

    @Override
    public List<KafkaWriterState> snapshotState(long checkpointId) throws IOException {
        return writer.snapshotState(checkpointId);
    }

    @Override
    public void close() {
        QuietClose.within(closeTimeout, writer);
    }
}
