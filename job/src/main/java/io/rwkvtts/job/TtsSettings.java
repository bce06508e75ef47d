package io.rwkvtts.job;

import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.operator.EngineFactory;
import io.rwkvtts.operator.SynthesisSettings;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.VoiceDirectory;
import io.rwkvtts.scheduling.TenantLimits;
import io.rwkvtts.synthesis.ChunkPlan;
import io.rwkvtts.synthesis.PrefixCache;
import java.nio.file.Path;
import org.apache.flink.client.deployment.executors.LocalExecutor;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that the job is built from, checked.
 *
 * @param kafka ends in Kafka
 * @param synthesis what the operators need to know
 * @param engines opens the engines of the subtasks
 * @param parallelism subtasks that speak
 * @param maxParallelism key groups
 */
public record TtsSettings(
        KafkaSettings kafka,
        SynthesisSettings synthesis,
        EngineFactory engines,
        int parallelism,
        int maxParallelism) {

    private static final Logger LOG = LoggerFactory.getLogger(TtsSettings.class);

    /**
     * Reads the options.
     *
     * @param model the model that {@link SynthesisOptions#MODEL} and its companions lead to
     * @throws IllegalArgumentException for a value that cannot work; names the option, and for
     *     voices also the file
     */
    public static TtsSettings from(ReadableConfig config, SpeechModel model) {
        int parallelism = atLeast(1, config, SynthesisOptions.PARALLELISM);
        int maxParallelism = maxParallelism(parallelism, config);
        ModelDirectory directory = model.directory();
        SynthesisSettings synthesis =
                synthesis(
                        config,
                        model.vocabulary(),
                        prefixCacheBytes(config, directory.shape().stateFloats() * Float.BYTES));
        return new TtsSettings(
                KafkaSettings.from(config),
                synthesis,
                new OnnxEngineFactory(
                        directory.path().toString(),
                        atLeast(1, config, SynthesisOptions.SLOTS),
                        synthesis.prefillChunkTokens(),
                        synthesis.snapshotMode(),
                        synthesis.prefixCacheBytes(),
                        synthesis.earlyEventsHeapBytes(),
                        synthesis.queueCapacity(),
                        synthesis.maxTextChars(),
                        atLeast(0, config, SynthesisOptions.ENGINE_THREADS),
                        enginesPerProcess(parallelism, config)),
                parallelism,
                maxParallelism);
    }

    /** Subtasks of one process: all of them, unless the job goes to a cluster of TaskManagers. */
    private static int enginesPerProcess(int parallelism, ReadableConfig config) {
        String target = config.get(DeploymentOptions.TARGET);
        boolean inThisProcess = target == null || target.equals(LocalExecutor.NAME);
        return inThisProcess
                ? parallelism
                : Math.min(parallelism, config.get(TaskManagerOptions.NUM_TASK_SLOTS));
    }

    /** The size that is set; of the default, which nobody chose, nothing if it holds no state. */
    static long prefixCacheBytes(ReadableConfig config, long stateBytes) {
        long bytes = config.get(SynthesisOptions.PREFIX_CACHE_SIZE).getBytes();
        boolean chosen = config.getOptional(SynthesisOptions.PREFIX_CACHE_SIZE).isPresent();
        if (chosen || bytes >= stateBytes) {
            return bytes;
        }
        LOG.info(
                "No prefixes are kept: a state of this model takes {} bytes, and the default of {} is {} bytes",
                stateBytes,
                SynthesisOptions.PREFIX_CACHE_SIZE.key(),
                bytes);
        return PrefixCache.OFF;
    }

    private static SynthesisSettings synthesis(
            ReadableConfig config, Path vocabulary, long prefixCacheBytes) {
        return new SynthesisSettings(
                vocabulary.toString(),
                voices(config),
                limits(config),
                config.get(SynthesisOptions.CAP_BY_TEXT),
                config.get(SynthesisOptions.TEXT_MAX_CHARS),
                config.get(SynthesisOptions.SEGMENT_MIN_UNITS),
                config.get(SynthesisOptions.SEGMENT_MAX_UNITS),
                new ChunkPlan(
                        config.get(SynthesisOptions.CHUNK_FIRST_TOKENS),
                        config.get(SynthesisOptions.CHUNK_TOKENS)),
                config.get(SynthesisOptions.PREFILL_CHUNK_TOKENS),
                prefixCacheBytes,
                config.get(SynthesisOptions.FIRST_CHUNK_OBJECTIVE),
                config.get(SynthesisOptions.QUEUE_CAPACITY),
                config.get(SynthesisOptions.QUEUE_WHEN_FULL),
                tenants(config),
                config.get(SynthesisOptions.SNAPSHOT_MODE),
                config.get(SynthesisOptions.OTHER_WEIGHTS),
                config.get(SynthesisOptions.IDLE_TIMEOUT),
                config.get(SynthesisOptions.DEDUP_WINDOW),
                config.get(SynthesisOptions.EARLY_EVENTS_MAX_COUNT),
                config.get(SynthesisOptions.EARLY_EVENTS_MAX_SIZE).getBytes());
    }

    private static TenantLimits tenants(ReadableConfig config) {
        double requestsPerSecond = config.get(SynthesisOptions.TENANT_REQUESTS_PER_SECOND);
        // Tenants that are held back would fill the queue, which all share.
        int usualCapacity =
                requestsPerSecond == TenantLimits.UNLIMITED
                        ? TenantLimits.UNLIMITED
                        : Math.max(1, config.get(SynthesisOptions.QUEUE_CAPACITY) / 10);
        return new TenantLimits(
                requestsPerSecond,
                config.get(SynthesisOptions.TENANT_BURST),
                config.getOptional(SynthesisOptions.TENANT_QUEUE_CAPACITY).orElse(usualCapacity));
    }

    /** The directory of reference voices, read once to see that the operators will be able to. */
    private static String voices(ReadableConfig config) {
        String directory = config.get(SynthesisOptions.VOICES);
        if (directory != null) {
            try {
                VoiceDirectory.open(Path.of(directory));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        SynthesisOptions.VOICES.key() + ": " + e.getMessage(), e);
            }
        }
        return directory;
    }

    private static GenerationLimits limits(ReadableConfig config) {
        int min = config.get(SynthesisOptions.MIN_SEMANTIC_TOKENS);
        int max = config.get(SynthesisOptions.MAX_SEMANTIC_TOKENS);
        try {
            return new GenerationLimits(min, max, config.get(SynthesisOptions.MAX_REPEATED_TOKENS));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s, %s or %s: %s"
                            .formatted(
                                    SynthesisOptions.MIN_SEMANTIC_TOKENS.key(),
                                    SynthesisOptions.MAX_SEMANTIC_TOKENS.key(),
                                    SynthesisOptions.MAX_REPEATED_TOKENS.key(),
                                    e.getMessage()),
                    e);
        }
    }

    private static int maxParallelism(int parallelism, ReadableConfig config) {
        int value = atLeast(parallelism, config, SynthesisOptions.MAX_PARALLELISM);
        int most = KeyGroupRangeAssignment.UPPER_BOUND_MAX_PARALLELISM;
        if (value > most) {
            throw new IllegalArgumentException(
                    "%s is %d, expected at most %d"
                            .formatted(SynthesisOptions.MAX_PARALLELISM.key(), value, most));
        }
        return value;
    }

    private static int atLeast(int least, ReadableConfig config, ConfigOption<Integer> option) {
        int value = config.get(option);
        if (value < least) {
            throw new IllegalArgumentException(
                    "%s is %d, expected at least %d".formatted(option.key(), value, least));
        }
        return value;
    }
}
