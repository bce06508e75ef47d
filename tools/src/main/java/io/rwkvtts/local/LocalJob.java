package io.rwkvtts.local;

import io.rwkvtts.job.TtsJob;
import io.rwkvtts.job.TtsSettings;
import io.rwkvtts.job.kafka.SecretProperties;
import io.rwkvtts.job.recovery.DamagedCheckpointException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job on a Flink cluster inside this process.
 *
 * <p>Owns the cluster. May be closed by any thread.
 */
public final class LocalJob implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LocalJob.class);

    private final EmbeddedFlink cluster;
    private final JobClient client;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LocalJob(EmbeddedFlink cluster, JobClient client) {
        this.cluster = cluster;
        this.client = client;
    }

    /**
     * Starts a cluster, with as many slots as the job needs unless set otherwise, and the job.
     *
     * @param options options of the job and of Flink; not changed
     * @throws IllegalArgumentException if a port is in use
     * @throws IllegalStateException if the cluster does not start
     */
    public static LocalJob start(Configuration options, TtsSettings settings) throws Exception {
        return start(options, settings, () -> null);
    }

    /**
     * The same.
     *
     * @param topics waits until the topics of the job are there, when the cluster has started
     */
    static LocalJob start(Configuration options, TtsSettings settings, Callable<?> topics)
            throws Exception {
        Configuration all = new Configuration(options);
        if (!all.contains(TaskManagerOptions.NUM_TASK_SLOTS)) {
            all.set(
                    TaskManagerOptions.NUM_TASK_SLOTS,
                    Math.max(
                            all.get(CoreOptions.DEFAULT_PARALLELISM),
                            settings.engine().parallelism()));
        }
        EmbeddedFlink cluster = EmbeddedFlink.start(SecretProperties.without(all));
        try {
            StreamExecutionEnvironment environment = cluster.environment();
            TtsJob.build(environment, settings);
            topics.call();
            return new LocalJob(cluster, environment.executeAsync(TtsJob.NAME));
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
    }

    /**
     * Waits until the job takes requests.
     *
     * @throws IllegalStateException if it ends before
     */
    public void awaitRunning() throws InterruptedException, ExecutionException {
        cluster.awaitRunning(client.getJobID());
    }

    /**
     * Waits until the job ends.
     *
     * @throws DamagedCheckpointException if it ended because its checkpoint is damaged
     * @throws ExecutionException if it failed otherwise; not when it was closed
     */
    public void awaitEnd() throws Exception {
        try {
            client.getJobExecutionResult().get();
        } catch (ExecutionException e) {
            if (!closed()) {
                throw ExceptionUtils.findSerializedThrowable(
                                e,
                                DamagedCheckpointException.class,
                                DamagedCheckpointException.class.getClassLoader())
                        .map(Exception.class::cast)
                        .orElse(e);
            }
        }
    }

    /**
     * Closes the job when the process is told to end, by Ctrl-C for example, so that the engine is
     * not stopped in the middle of a step and no temporary files stay.
     */
    public void closeOnExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "close-local-job"));
    }

    /** Whether the job is closed or just being closed. */
    public boolean closed() {
        return closed.get();
    }

    /** The running job. */
    public JobClient client() {
        return client;
    }

    /**
     * Ends the process that generates, as far as the job can tell, and starts another one.
     *
     * @throws Exception if that fails
     */
    void killWorker() throws Exception {
        cluster.killWorker();
    }

    /** What listens, and where. */
    public Map<String, String> listening() {
        Map<String, String> listening = new LinkedHashMap<>();
        listening.put("Dashboard", cluster.webAddress());
        listening.put("Metrics", cluster.metricsAddress());
        listening.put("Flink blobs", cluster.blobAddress());
        return listening;
    }

    /** Cancels the job, keeps its checkpoints, and stops the cluster. Further calls do nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            client.cancel().get();
            client.getJobExecutionResult().handle((result, cancelled) -> null).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.debug("The job had ended before it was cancelled", e);
        } finally {
            cluster.close();
        }
    }
}
