package io.rwkvtts.local;

import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.job.TtsSettings;
import io.rwkvtts.job.kafka.ControlTopic;
import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.job.kafka.KafkaSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;

/**
 * The whole system in this process: a Kafka broker with the topics, a Flink cluster with its web
 * UI, and the job running on them.
 *
 * <p>Owns all three. May be closed by any thread.
 */
public final class LocalStack implements AutoCloseable {

    private static final int PARTITIONS = 4;

    private final EmbeddedKafka broker;
    private final KafkaSettings kafka;
    private final LocalJob job;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LocalStack(EmbeddedKafka broker, KafkaSettings kafka, LocalJob job) {
        this.broker = broker;
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
        LocalJob job = null;
        try {
            Configuration all = new Configuration(options);
            all.set(KafkaOptions.BOOTSTRAP_SERVERS, broker.bootstrapServers());
            TtsSettings settings = TtsSettings.from(all, model);
            try (KafkaAdmin brokers = KafkaAdmin.connect(settings.kafka().properties())) {
                brokers.createTopics(settings.topics(), PARTITIONS);
                String control = settings.kafka().topics().control();
                if (control != null) {
                    new ControlTopic(control).create(brokers);
                }
            }
            job = LocalJob.start(all, settings);
            job.awaitRunning();
            return new LocalStack(broker, settings.kafka(), job);
        } catch (Exception e) {
            if (job != null) {
                job.close();
            }
            broker.close();
            throw e;
        }
    }

    /**
     * Closes the stack when the process is told to end, by Ctrl-C for example, so that the engine
     * is not stopped in the middle of a step and no temporary files stay.
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
        return job.client();
    }

    /**
     * Ends the process that generates, as far as the job can tell, and starts another one. The job
     * continues from its last checkpoint.
     *
     * @throws Exception if that fails
     */
    public void killWorker() throws Exception {
        job.killWorker();
    }

    /** What listens, and where. */
    public Map<String, String> listening() {
        Map<String, String> listening = new LinkedHashMap<>();
        listening.put("Kafka", broker.bootstrapServers());
        listening.putAll(job.listening());
        listening.put("Kafka control", broker.controllerAddress());
        return listening;
    }

    /** Cancels the job, then stops cluster and broker. Further calls do nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            job.close();
        } finally {
            broker.close();
        }
    }
}
