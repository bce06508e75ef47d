package io.rwkvtts.job;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Values of Flink's own options that suit the job, where nobody has set others. */
public final class FlinkDefaults {

    private static final String FILES = "filesystem";

    private FlinkDefaults() {}

    /**
     * Checkpoints every 5 s, unaligned after 1 s; state on the heap, because every value of it is
     * new at each checkpoint; restarts with exponential delay; no Kryo.
     */
    public static Configuration options() {
        Configuration options = new Configuration();
        options.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(5));
        options.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
        options.set(CheckpointingOptions.ALIGNED_CHECKPOINT_TIMEOUT, Duration.ofSeconds(1));
        options.set(CheckpointingOptions.MAX_CONCURRENT_CHECKPOINTS, 1);
        options.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 3);
        // The JobManager's own storage takes no more than 5 MB of a state.
        options.set(CheckpointingOptions.CHECKPOINT_STORAGE, FILES);
        options.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        restarts(options);
        options.set(PipelineOptions.GENERIC_TYPES, false);
        return options;
    }

    /** At once after a fault; never longer than 10 s apart, as for a broker that is away. */
    private static void restarts(Configuration options) {
        options.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        options.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
                Duration.ofMillis(100));
        options.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
                Duration.ofSeconds(10));
        // Flink's hour would make a fault pay for those before it.
        options.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
                Duration.ofMinutes(1));
    }

    /** Sets what neither the cluster nor the user has set. */
    public static void fill(StreamExecutionEnvironment environment) {
        Configuration missing = options();
        environment.getConfiguration().toMap().keySet().forEach(missing::removeKey);
        environment.configure(missing);
    }

    /**
     * Requires a place for checkpoints, which no default can know.
     *
     * @throws IllegalArgumentException if checkpoints are to be files and no directory is set
     */
    public static void requireCheckpointDirectory(ReadableConfig config) {
        if (FILES.equals(config.get(CheckpointingOptions.CHECKPOINT_STORAGE))
                && config.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY).isEmpty()) {
            throw new IllegalArgumentException(
                    CheckpointingOptions.CHECKPOINTS_DIRECTORY.key()
                            + " is not set: expected a directory that the JobManager and all"
                            + " TaskManagers can write to, such as -D "
                            + CheckpointingOptions.CHECKPOINTS_DIRECTORY.key()
                            + "=file:///var/lib/tts/checkpoints");
        }
    }
}
