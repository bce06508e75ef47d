package io.rwkvtts.local;

import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.job.TtsSettings;
import io.rwkvtts.job.kafka.ControlTopic;
import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.job.kafka.KafkaSettings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
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

    /** Each part starts on a thread of its own. */
    private static final Executor STARTER =
            task -> {
                Thread thread = new Thread(task, "start-local-stack");
                thread.setDaemon(true);
                thread.start();
            };

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
     * Starts broker, cluster and engine side by side, then the job, and waits until it takes
     * requests.
     *
     * @param kafkaPort port of the broker, 0 for a free one
     * @param options options of the job and of Flink; not changed
     * @throws IllegalArgumentException if a port is in use
     * @throws IllegalStateException if a part does not start
     */
    public static LocalStack start(int kafkaPort, Configuration options, SpeechModel model)
            throws Exception {
        int port =
                kafkaPort == 0
                        ? LoopbackPorts.chooseLasting()
                        : LoopbackPorts.choose(kafkaPort, "Kafka port");
        Configuration all = new Configuration(options);
        all.set(KafkaOptions.BOOTSTRAP_SERVERS, LoopbackPorts.HOST + ":" + port);
        TtsSettings settings = TtsSettings.from(all, model);
        CompletableFuture<EmbeddedKafka> broker =
                CompletableFuture.supplyAsync(() -> startBroker(port, settings), STARTER);
        STARTER.execute(() -> openEngines(settings));
        LocalJob job = null;
        try {
            job = LocalJob.start(all, settings, () -> await(broker));
            job.awaitRunning();
            return new LocalStack(broker.join(), settings.kafka(), job);
        } catch (Exception e) {
            try {
                if (job != null) {
                    job.close();
                }
            } finally {
                closeStarted(broker);
            }
            throw e;
        }
    }

    /** Waits for it if it is still starting. */
    private static void closeStarted(CompletableFuture<EmbeddedKafka> broker) {
        broker.handle(
                        (started, failure) -> {
                            if (started != null) {
                                started.close();
                            }
                            return null;
                        })
                .join();
    }

    private static EmbeddedKafka await(Future<EmbeddedKafka> broker) throws Exception {
        try {
            return broker.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static EmbeddedKafka startBroker(int port, TtsSettings settings) {
        EmbeddedKafka broker = EmbeddedKafka.start(port);
        try (KafkaAdmin brokers = KafkaAdmin.connect(settings.kafka().properties())) {
            brokers.createTopics(settings.topics(), PARTITIONS);
            String control = settings.kafka().topics().control();
            if (control != null) {
                new ControlTopic(control).create(brokers);
            }
            return broker;
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    /** What is wrong with the model, the job says itself. */
    private static void openEngines(TtsSettings settings) {
        try {
            settings.openEngines(false);
        } catch (IOException | RuntimeException e) {
            LOG.debug("No engine was opened ahead of the job", e);
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
