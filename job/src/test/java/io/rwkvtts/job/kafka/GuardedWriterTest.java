package io.rwkvtts.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TwoPhaseCommittingStatefulSink.PrecommittingStatefulSinkWriter;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GuardedWriterTest {

    private static final Refusals REFUSALS = new Refusals("tokens");

    @Test
    void testCloseDoesNotThrow() {
        GuardedWriter<String> writer =
                guarded(
                        new FakeWriter() {
                            @Override
                            public void close() throws IOException {
                                throw new IOException("records have expired");
                            }
                        });

        assertThatCode(writer::close).doesNotThrowAnyException();
    }

    @Test
    void testCloseThatWaitsIsInterruptedAndTheThreadIsNot() {
        CountDownLatch never = new CountDownLatch(1);
        GuardedWriter<String> writer =
                new GuardedWriter<>(
                        new FakeWriter() {
                            @Override
                            public void close() throws InterruptedException {
                                never.await();
                            }
                        },
                        REFUSALS,
                        Duration.ofMillis(50));

        assertThatCode(writer::close).doesNotThrowAnyException();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void testRecordThatIsTooLargeEndsTheJobAndNamesTheTopic() {
        GuardedWriter<String> writer =
                guarded(failing(new IOException("sent", new RecordTooLargeException("400 bytes"))));

        assertThatThrownBy(() -> writer.write("a", null))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessage("400 bytes");
        assertThatThrownBy(() -> writer.flush(false))
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .isInstanceOf(KafkaSetupException.class)
                .hasMessageContaining("topic tokens does not take a record: 400 bytes")
                .hasMessageContaining("max.message.bytes");
    }

    @Test
    void testOtherFailureIsLeftToTheRestart() {
        IOException failure = new IOException("sent", new TimeoutException("no answer"));
        GuardedWriter<String> writer = guarded(failing(failure));

        assertThatThrownBy(() -> writer.write("a", null)).isSameAs(failure);
        assertThatThrownBy(() -> writer.flush(true)).isSameAs(failure);
    }

    private static GuardedWriter<String> guarded(FakeWriter writer) {
        return new GuardedWriter<>(writer, REFUSALS);
    }

    private static FakeWriter failing(IOException failure) {
        return new FakeWriter() {
            @Override
            public void write(String element, Context context) throws IOException {
                throw failure;
            }

            @Override
            public void flush(boolean endOfInput) throws IOException {
                throw failure;
            }
        };
    }

    private abstract static class FakeWriter
            implements PrecommittingStatefulSinkWriter<String, KafkaWriterState, KafkaCommittable> {

        @Override
        public void write(String element, Context context) throws IOException {}

        @Override
        public void flush(boolean endOfInput) throws IOException {}

        @Override
        public Collection<KafkaCommittable> prepareCommit() {
            return List.of();
        }

        @Override
        public List<KafkaWriterState> snapshotState(long checkpointId) {
            return List.of();
        }

        @Override
        public void close() throws IOException, InterruptedException {}
    }
}
