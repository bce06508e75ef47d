package io.rwkvtts.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StopWithSavepointTest {

    @TempDir private Path directory;

    @Test
    void testStopThatAFailoverAbortsIsTriedAgain() throws Exception {
        TestingJobClient client =
                new TestingJobClient(
                        JobStatus.RESTARTING,
                        failed("Checkpoint Coordinator is suspending."),
                        failed("There is no savepoint operation with triggerId=1 for job 2."),
                        () -> CompletableFuture.completedFuture("file:/savepoint"));

        assertThat(new StopWithSavepoint(client, directory).stop()).isEqualTo("file:/savepoint");
        assertThat(client.answers).isEmpty();
    }

    /** The JobManager that made the savepoint died before it could report it. */
    @Test
    void testJobThatIsStoppedAlreadyGivesTheSavepointThatItMade() throws Exception {
        savepoint("of-an-earlier-stop");
        TestingJobClient client =
                new TestingJobClient(
                        JobStatus.FINISHED,
                        () -> {
                            savepoint("made");
                            incomplete("aborted");
                            return failed("There is no savepoint operation").get();
                        });

        assertThat(new StopWithSavepoint(client, directory).stop())
                .isEqualTo(directory.resolve("made").toUri().toString());
    }

    private void savepoint(String name) {
        try {
            Files.createFile(incomplete(name).resolve("_metadata"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path incomplete(String name) {
        try {
            return Files.createDirectory(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Supplier<CompletableFuture<String>> failed(String message) {
        return () -> CompletableFuture.failedFuture(new IllegalStateException(message));
    }

    /** Answers one stop after the other. */
    private static final class TestingJobClient implements JobClient {

        private final JobStatus status;
        private final Queue<Supplier<CompletableFuture<String>>> answers;

        @SafeVarargs
        TestingJobClient(JobStatus status, Supplier<CompletableFuture<String>>... answers) {
            this.status = status;
            this.answers = new ArrayDeque<>(List.of(answers));
        }

        @Override
        public CompletableFuture<String> stopWithSavepoint(
                boolean drain, String directory, SavepointFormatType format) {
            return answers.remove().get();
        }

        @Override
        public CompletableFuture<JobStatus> getJobStatus() {
            return CompletableFuture.completedFuture(status);
        }

        @Override
        public JobID getJobID() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Void> cancel() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<String> triggerSavepoint(
                String directory, SavepointFormatType format) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Map<String, Object>> getAccumulators() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<JobExecutionResult> getJobExecutionResult() {
            throw new UnsupportedOperationException();
        }
    }
}
