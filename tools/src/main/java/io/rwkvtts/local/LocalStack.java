package io.rwkvtts.local;

import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.job.TtsJob;
import io.rwkvtts.job.TtsSettings;
import io.rwkvtts.job.kafka.Brokers;
import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.job.kafka.SecretProperties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole system in this process: a Kafka broker with the topics, a Flink cluster with its web
 * UI, and the job running on them.
 *
 * <p>Owns all three. May be closed by any thread.
 */
public final class LocalStack implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LocalStack.class);
    private static final int PARTITIONS = 4;

    private final EmbeddedKafka broker;
    private final EmbeddedFlink cluster;
    private final KafkaSettings kafka;
    private final JobClient job;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LocalStack(
            EmbeddedKafka broker, EmbeddedFlink cluster, KafkaSettings kafka, JobClient job) {
        this.broker = broker;
        this.cluster = cluster;
        this.kafka = kafka;
        this.job = job;
    }

    /**
     * Starts broker, cluster and job, in this order, and waits until the job takes requests.
     *
     * @param kafkaPort port of the broker, 0 for a free one
     * @param options options of the job and of Flink; not changed
     * @throws IllegalArgumentException if a port is in use
     * @throws IllegalStateException if a part does not start
     */
    public static LocalStack start(int kafkaPort, Configuration options, SpeechModel model)
            throws Exception {
        EmbeddedKafka broker = EmbeddedKafka.start(kafkaPort);
        EmbeddedFlink cluster = null;
        try {
            Configuration all = new Configuration(options);
            all.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
            TtsSettings settings = TtsSettings.from(all, model);
            if (!all.contains(TaskManagerOptions.NUM_TASK_SLOTS)) {
                all.set(TaskManagerOptions.NUM_TASK_SLOTS, settings.parallelism());
            }
            try (Brokers brokers = Brokers.connect(settings.kafka().properties())) {
                brokers.createTopics(TtsJob.topicsOf(settings.kafka()), PARTITIONS);
            }
            cluster = EmbeddedFlink.start(SecretProperties.without(all));
            StreamExecutionEnvironment environment = cluster.environment();
            TtsJob.build(environment, settings);
            JobClient job = environment.executeAsync(TtsJob.NAME);
            cluster.awaitRunning(job.getJobID());
            return new LocalStack(broker, cluster, settings.kafka(), job);
        } catch (Exception e) {
            if (cluster != null) {
                cluster.close();
            }
            broker.close();
            throw e;
        }
    }

    /**
     * Closes the stack when the process is told to end, by Ctrl-C for example, so that the engine
     * is not stopped in the middle of a step and no temporary files stay behind.
     */
    public void closeOnExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "close-local-stack"));
    }

    /** Whether the stack is closed or just being closed. */
    public boolean closed() {
        return closed.get();
    }

    /** How clients reach the topics. */
    public KafkaSettings kafka() {
        return kafka;
    }

    /** The running job. */
    public JobClient job() {
        return job;
    }

    /** Address of Flink's web UI. */
    public String webAddress() {
        return cluster.webAddress();
    }

    /** Address of the metrics in Prometheus's text format. */
    public String metricsAddress() {
        return cluster.metricsAddress();
    }

    /** Cancels the job, then stops cluster and broker. Further calls do nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            job.cancel().get();
            job.getJobExecutionResult().handle((result, cancelled) -> null).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.debug("The job had ended before it was cancelled", e);
        } finally {
            cluster.close();
            broker.close();
        }
    }
}
