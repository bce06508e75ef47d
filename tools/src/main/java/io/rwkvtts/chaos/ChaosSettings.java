package io.rwkvtts.chaos;

import io.rwkvtts.job.EngineSettings;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.operator.RequestSettings;
import io.rwkvtts.operator.audio.AudioSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * What a chaos run is to do.
 *
 * @param faults number of faults to strike, at least 1
 * @param kinds of the faults, at least one
 * @param seed of the requests and the faults
 * @param delivery delivery guarantee of the job
 * @param deliveryTimeout after which the job's producers give a record up; empty for the job's
 *     default
 * @param requests requests to send, at least 1
 * @param streaming whether every fourth request comes sentence by sentence, seconds apart
 * @param parallelism subtasks that generate at first, at least 1
 * @param brokers number of brokers, at least 1
 * @param model to generate with
 * @param options of the job and of Flink
 * @param directory for data and logs of the processes; exists
 */
public record ChaosSettings(
        int faults,
        List<FaultKind> kinds,
        long seed,
        DeliveryGuarantee delivery,
        Optional<Duration> deliveryTimeout,
        int requests,
        boolean streaming,
        int parallelism,
        int brokers,
        SpeechModel model,
        Configuration options,
        Path directory) {

    static final int TASK_MANAGERS = 2;

    /** One leads, the other stands by. */
    static final int JOB_MANAGERS = 2;

    private static final Duration PAUSE_AFTER_CHECKPOINT = Duration.ofSeconds(5);
    private static final Duration PAST_ANY_CLOCK = Duration.ofHours(2);

    /** Most subtasks that generate: the job is rescaled at least between one and two. */
    int maxParallelism() {
        return Math.max(2, parallelism);
    }

    /** Whether a fault sets a clock. */
    boolean setsClock() {
        return kinds.stream().anyMatch(FaultKind::setsClock);
    }

    private boolean damagesCheckpoints() {
        return kinds.stream().anyMatch(FaultKind::damagesCheckpoint);
    }

    /** What the job makes sound with, if it does. */
    Optional<Path> decoder() {
        return options.getOptional(AudioSettings.DECODER).map(Path::of);
    }

    /** For how long the text of a streaming request comes: past the pause of a TaskManager. */
    Duration streamingLength() {
        return streaming
                ? jobOptions().get(RequestSettings.IDLE_TIMEOUT).multipliedBy(2)
                : Duration.ZERO;
    }

    /**
     * How long the faults of a run last.
     *
     * @param flink options of the Flink processes
     */
    FaultLengths faultLengths(Configuration flink) {
        return new FaultLengths(
                flink.get(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT),
                flink.get(HighAvailabilityOptions.ZOOKEEPER_SESSION_TIMEOUT),
                deliveryTimeout,
                streaming ? jobOptions().get(RequestSettings.IDLE_TIMEOUT) : Duration.ZERO);
    }

    /** The options with what the other settings make of them; a new object. */
    Configuration jobOptions() {
        Configuration job = new Configuration(options);
        job.set(EngineSettings.PARALLELISM, parallelism);
        if (!job.contains(EngineSettings.THREADS)) {
            // The TaskManagers are processes of one machine: each engine would take all of it. Of
            // engines with as many threads, one is as good as another.
            int processors = Runtime.getRuntime().availableProcessors();
            job.set(EngineSettings.THREADS, Math.max(1, processors / maxParallelism()));
        }
        job.set(KafkaOptions.DELIVERY_GUARANTEE, delivery);
        if (streaming && !job.contains(RequestSettings.IDLE_TIMEOUT)) {
            job.set(RequestSettings.IDLE_TIMEOUT, FaultLengths.idleTimeout(deliveryTimeout));
        }
        if (setsClock() && !job.contains(RequestSettings.IDLE_TIMEOUT)) {
            // Else the clock would end requests that wait for their next piece of text.
            job.set(RequestSettings.IDLE_TIMEOUT, PAST_ANY_CLOCK);
        }
        if (damagesCheckpoints()) {
            // Each state is a file that can be damaged, also one that would fit into the metadata.
            job.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ZERO);
            // The damaged one is to be the newest still when the job ends, also if it took long.
            job.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, PAUSE_AFTER_CHECKPOINT);
        }
        if (brokers == 1) {
            // When its only broker is away, a client would forget the partitions, and a producer
            // take in no more records; in a cluster of several brokers it does.
            property(job, CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        }
        deliveryTimeout.ifPresent(
                timeout -> {
                    long ms = timeout.toMillis();
                    property(job, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(ms));
                    // Must be less; two attempts fit in.
                    property(job, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(ms / 2));
                    // Records are to expire one after the other, as where many more are written.
                    property(job, ProducerConfig.BATCH_SIZE_CONFIG, "0");
                });
        return job;
    }

    /** Options with which a TaskManager opens the engines ahead that it may have to take over. */
    Configuration standbyOptions() {
        Configuration standby = jobOptions();
        standby.set(EngineSettings.PARALLELISM, maxParallelism());
        standby.set(SpeechModel.MODEL, model.directory().path().toString());
        standby.set(SpeechModel.VOCABULARY, model.vocabulary().toString());
        return standby;
    }

    private static void property(Configuration job, String key, String value) {
        job.setString(KafkaOptions.CLIENT_PROPERTIES.key() + "." + key, value);
    }
}
