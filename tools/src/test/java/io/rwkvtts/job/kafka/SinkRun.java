package io.rwkvtts.job.kafka;

import io.rwkvtts.operator.TokenChunk;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessageTypeInfo;
import org.apache.flink.streaming.runtime.operators.sink.CommitterOperatorFactory;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token sink of one run of the job: Flink's own operators for its writer and its committer, and
 * checkpoints at the test's command. Owns both. For one thread.
 */
final class SinkRun implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SinkRun.class);

    private final OneInputStreamOperatorTestHarness<
                    TokenChunk, CommittableMessage<KafkaCommittable>>
            writer;
    private final OneInputStreamOperatorTestHarness<
                    CommittableMessage<KafkaCommittable>, CommittableMessage<KafkaCommittable>>
            committer;
    private boolean failed;

    /** State of both operators. */
    record Checkpoint(OperatorSubtaskState writer, OperatorSubtaskState committer) {}

    /** An action of a run that may fail. */
    interface Action {
        void run() throws Exception;
    }

    @SuppressWarnings("unchecked")
    private SinkRun(KafkaSettings settings, int attempt) throws Exception {
        Sink<TokenChunk> sink = new LaterAttempt<>(KafkaConnectors.tokens(settings), attempt);
        var transactions = (SupportsCommitter<KafkaCommittable>) sink;
        TypeSerializer<CommittableMessage<KafkaCommittable>> messages =
                CommittableMessageTypeInfo.of(transactions::getCommittableSerializer)
                        .createSerializer(new SerializerConfigImpl());
        writer = new OneInputStreamOperatorTestHarness<>(new SinkWriterOperatorFactory<>(sink));
        committer =
                new OneInputStreamOperatorTestHarness<>(
                        new CommitterOperatorFactory<>(transactions, false, true));
        writer.setup(messages);
        committer.setup(messages);
    }

    static SinkRun start(KafkaSettings settings) throws Exception {
        SinkRun run = new SinkRun(settings, 0);
        run.committer.open();
        run.writer.open();
        return run;
    }

    static SinkRun restore(KafkaSettings settings, Checkpoint checkpoint, int attempt)
            throws Exception {
        SinkRun run = new SinkRun(settings, attempt);
        run.committer.initializeState(checkpoint.committer);
        run.committer.open();
        run.writer.initializeState(checkpoint.writer);
        run.writer.open();
        return run;
    }

    void write(TokenChunk chunk) throws Exception {
        writer.processElement(new StreamRecord<>(chunk));
    }

    /** Takes the snapshot; whether the checkpoint completes is another matter. */
    @SuppressWarnings("unchecked")
    Checkpoint checkpoint(long id) throws Exception {
        writer.prepareSnapshotPreBarrier(id);
        OperatorSubtaskState written = writer.snapshot(id, id);
        for (Object message = writer.getOutput().poll();
                message != null;
                message = writer.getOutput().poll()) {
            committer.processElement((StreamRecord<CommittableMessage<KafkaCommittable>>) message);
        }
        return new Checkpoint(written, committer.snapshot(id, id));
    }

    /** What the JobManager says to a run that it knows. */
    void completed(long id) throws Exception {
        committer.notifyOfCompletedCheckpoint(id);
        writer.notifyOfCompletedCheckpoint(id);
    }

    /** For a run that was replaced: Kafka may refuse this, and then all that follows. */
    void tryTo(Action action) {
        try {
            action.run();
        } catch (Exception e) {
            failed = true;
            LOG.info("The replaced run failed, as it should: {}", e.toString());
        }
    }

    @Override
    public void close() throws Exception {
        try (committer) {
            tryToClose();
        }
    }

    private void tryToClose() throws Exception {
        try {
            writer.close();
        } catch (Exception e) {
            if (!failed) {
                throw e;
            }
        }
    }
}
