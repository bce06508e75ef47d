package io.rwkvtts.chaos;

import io.rwkvtts.job.EngineSettings;
import io.rwkvtts.job.FlinkDefaults;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.job.TtsJob;
import io.rwkvtts.job.TtsSettings;
import io.rwkvtts.local.LoopbackPorts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The speech job on the processes of a {@link ChaosCluster}. Belongs to one thread. */
final class ChaosJob {

    private static final Duration CANCEL_LIMIT = Duration.ofSeconds(60);

    private final Configuration options;
    private final SpeechModel model;
    private final int restPort;
    private final Path directory;
    private JobClient client;
    private int parallelism;

    /**
     * Starts the job.
     *
     * @param options of the job and of Flink, beside {@link FlinkDefaults}
     * @param restPort of the JobManager
     * @param directory for checkpoints and savepoints
     */
    ChaosJob(Configuration options, SpeechModel model, int restPort, Path directory)
            throws Exception {
        this.options = FlinkDefaults.options();
        this.options.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        this.options.addAll(options);
        this.model = model;
        this.restPort = restPort;
        this.directory = directory;
        submit(this.options, this.options.get(EngineSettings.PARALLELISM));
    }

    private void submit(Configuration all, int newParallelism) throws Exception {
        Configuration job = ChaosSettings.withParallelism(all, newParallelism);
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createRemoteEnvironment(
                        LoopbackPorts.HOST, restPort, job);
        TtsJob.build(environment, TtsSettings.from(environment.getConfiguration(), model));
        client = environment.executeAsync(TtsJob.NAME);
        parallelism = newParallelism;
    }

    /** Subtasks that generate. */
    int parallelism() {
        return parallelism;
    }

    /** Id of the job, another after {@link #rescale}. */
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

    /** Ends the job. */
    void cancel() throws InterruptedException, ExecutionException, TimeoutException {
        client.cancel().get(CANCEL_LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
