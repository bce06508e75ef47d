package io.rwkvtts.job;

import io.rwkvtts.job.recovery.ChecksummedStorageFactory;
import io.rwkvtts.job.recovery.DamageAwareStateBackendFactory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Values of Flink's own options that suit the job, where nobody has set others. */
public final class FlinkDefaults {

    /** Storages in files: Flink's, and the default here, which adds checksums. */
    private static final Set<String> FILES =
            Set.of("filesystem", ChecksummedStorageFactory.class.getName());

    private static final List<Default<?>> DEFAULTS =
            List.of(
                    new Default<>(
                            CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(5)),
                    new Default<>(CheckpointingOptions.ENABLE_UNALIGNED, true),
                    new Default<>(
                            CheckpointingOptions.ALIGNED_CHECKPOINT_TIMEOUT, Duration.ofSeconds(1)),
                    new Default<>(CheckpointingOptions.MAX_CONCURRENT_CHECKPOINTS, 1),
                    new Default<>(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 3),
                    // The JobManager's own storage takes no more than 5 MB of a state.
                    new Default<>(
                            CheckpointingOptions.CHECKPOINT_STORAGE,
                            ChecksummedStorageFactory.class.getName()),
                    new Default<>(
                            StateBackendOptions.STATE_BACKEND,
                            DamageAwareStateBackendFactory.class.getName()),
                    // The newest may turn out to be damaged, and a cancelled job be continued.
                    new Default<>(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 3),
                    new Default<>(
                            CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                            ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION),
                    // At once after a fault; never longer than 10 s apart, as for a broker that is
                    // away.
                    new Default<>(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay"),
                    new Default<>(
                            RestartStrategyOptions
                                    .RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
                            Duration.ofMillis(100)),
                    new Default<>(
                            RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
                            Duration.ofSeconds(10)),
                    // Flink's hour would make a fault pay for those before it.
                    new Default<>(
                            RestartStrategyOptions
                                    .RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
                            Duration.ofMinutes(1)),
                    // A text event or a chunk would wait up to 100 ms for others to share its
                    // buffer.
                    new Default<>(ExecutionOptions.BUFFER_TIMEOUT, Duration.ZERO),
                    new Default<>(PipelineOptions.GENERIC_TYPES, false));

    private record Default<T>(ConfigOption<T> option, T value) {

        void setIfMissing(ReadableConfig given, Configuration target) {
            if (given.getOptional(option).isEmpty()) {
                target.set(option, value);
            }
        }
    }

    private FlinkDefaults() {}

    /**
     * Checkpoints every 5 s, unaligned after 1 s, with checksums, of which the last three are kept,
     * also when the job is cancelled; state on the heap, because every value of it is new at each
     * checkpoint; restarts with exponential delay; records are passed on at once; no Kryo.
     */
    public static Configuration options() {
        return missingIn(new Configuration());
    }

    /** Sets what neither the cluster nor the user has set, under whichever of an option's keys. */
    public static void fill(StreamExecutionEnvironment environment) {
        environment.configure(missingIn(environment.getConfiguration()));
    }

    private static Configuration missingIn(ReadableConfig given) {
        Configuration missing = new Configuration();
        DEFAULTS.forEach(value -> value.setIfMissing(given, missing));
        return missing;
    }

    /**
     * Requires a place for checkpoints, which no default can know.
     *
     * @throws IllegalArgumentException if checkpoints are to be files, and the directory is not set
     *     or not a URI with a scheme
     */
    public static void requireCheckpointDirectory(ReadableConfig config) {
        if (!FILES.contains(config.get(CheckpointingOptions.CHECKPOINT_STORAGE))) {
            return;
        }
        String directory = config.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY);
        boolean set = directory != null && !directory.isBlank();
        if (!set || new Path(directory).toUri().getScheme() == null) {
            throw new IllegalArgumentException(
                    ("%s is %s: expected a directory that the JobManager and all TaskManagers can"
                                    + " write to, as a URI such as file:///var/lib/tts/checkpoints")
                            .formatted(
                                    CheckpointingOptions.CHECKPOINTS_DIRECTORY.key(),
                                    set ? directory : "not set"));
        }
    }
}
