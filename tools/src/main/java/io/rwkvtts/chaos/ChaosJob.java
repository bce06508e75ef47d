package io.rwkvtts.chaos;

import io.rwkvtts.job.EngineSettings;
import io.rwkvtts.job.FlinkDefaults;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.job.TtsJob;
import io.rwkvtts.job.TtsSettings;
import io.rwkvtts.job.recovery.DamagedCheckpointException;
import io.rwkvtts.job.recovery.RestorePoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;

/** The speech job on the processes of a {@link ChaosCluster}. Belongs to one thread. */
final class ChaosJob {

    private static final Duration CANCEL_LIMIT = Duration.ofSeconds(60);
    private static final Duration FAILURE_LIMIT = Duration.ofSeconds(120);
    private static final Pattern COMMAND = Pattern.compile("--from-checkpoint (file:\\S+)");

    private final Configuration options;
    private final SpeechModel model;
    private final Path directory;
    private JobClient client;
    private int parallelism;

    /**
     * Starts the job.
     *
     * @param options of the job and of Flink, beside {@link FlinkDefaults}, with those of a client
     *     of the cluster
     * @param directory for checkpoints and savepoints
     */
    ChaosJob(Configuration options, SpeechModel model, Path directory) throws Exception {
        this.options = FlinkDefaults.options();
        this.options.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        this.options.addAll(options);
        this.model = model;
        this.directory = directory;
        submit(this.options, this.options.get(EngineSettings.PARALLELISM));
    }

    private void submit(Configuration all, int newParallelism) throws Exception {
        Configuration job = new Configuration(all);
        job.set(EngineSettings.PARALLELISM, newParallelism);
        StreamExecutionEnvironment environment = new StreamExecutionEnvironment(job);
        TtsJob.build(environment, TtsSettings.from(environment.getConfiguration(), model));
        client = environment.executeAsync(TtsJob.NAME);
        parallelism = newParallelism;
    }

    /** Subtasks that generate. */
    int parallelism() {
        return parallelism;
    }

    /** Number of the subtask, from 0, that generates a request. */
    int subtask(String requestId) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(
                requestId, options.get(EngineSettings.MAX_PARALLELISM), parallelism);
    }

    /** Id of the job, another one each time it is started from a checkpoint or savepoint. */
    String id() {
        return client.getJobID().toHexString();
    }

    /**
     * Stops the job with a savepoint and starts it again from there. If a failover comes between,
     * the stop is tried again.
     */
    void rescale(int newParallelism) throws Exception {
        String savepoint = new StopWithSavepoint(client, directory.resolve("savepoints")).stop();
        Configuration restore = new Configuration(options);
        restore.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        submit(restore, newParallelism);
    }

    /**
     * Waits until the job has failed because of a damaged checkpoint, and continues it as its error
     * says.
     *
     * @param damaged file that the error must name
     */
    void continueAfterFailure(Path damaged) throws Exception {
        try {
            client.getJobExecutionResult().get(FAILURE_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            continueFrom(olderCheckpoint(e, damaged));
            return;
        }
        throw new IllegalStateException(
                "the job ended without an error: expected %s".formatted(damaged));
    }

    /**
     * Ends the job and continues it from its latest checkpoint, which is refused, and then as the
     * refusal says.
     *
     * @param damaged file that the refusal must name
     */
    void continueAfterEnd(Path damaged) throws Exception {
        cancel();
        try {
            continueFrom(RestorePoint.LATEST);
        } catch (DamagedCheckpointException e) {
            continueFrom(olderCheckpoint(e, damaged));
            return;
        }
        throw new IllegalStateException("a damaged checkpoint was taken: %s".formatted(damaged));
    }

    private void continueFrom(String checkpoint) throws Exception {
        Configuration restore = new Configuration(options);
        restore.addAll(RestorePoint.options(checkpoint, options));
        submit(restore, parallelism);
    }

    /** The checkpoint of the command in an error's message. */
    static String olderCheckpoint(Exception error, Path damaged) {
        String message = ExceptionUtils.stringifyException(error);
        Matcher command = COMMAND.matcher(message);
        if (!message.contains(damaged.toString()) || !command.find()) {
            throw new IllegalStateException(
                    "expected an error that names %s and how to continue".formatted(damaged),
                    error);
        }
        return command.group(1);
    }

    /** Ends the job. */
    void cancel() throws InterruptedException, ExecutionException, TimeoutException {
        client.cancel().get(CANCEL_LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
