package io.rwkvtts.local;

import io.rwkvtts.job.FlinkDefaults;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A real Flink cluster inside this process, of one TaskManager unless set otherwise, with its web
 * UI and a metrics endpoint for Prometheus. All of it listens on the loopback address, unless
 * Flink's options or {@code metrics.reporter.prom.bind-address} say otherwise. Its REST API takes
 * jobs and commands of {@link #environment} only: see {@link RestAccess}.
 *
 * <p>It is configured by Flink's own options, laid over defaults that suit the synthesis job:
 * checkpoints every 5 s and all other files in a temporary directory, unaligned after 1 s, state on
 * the heap, restart with exponential delay, no Kryo, one slot, free ports.
 *
 * <p>Owns the cluster and the temporary directory. May be closed by any thread.
 */
public final class EmbeddedFlink implements AutoCloseable {

    /** Port of the metrics endpoint, 0 (default) for a free one. */
    public static final ConfigOption<Integer> METRICS_PORT =
            ConfigOptions.key("metrics.reporter.prom.port").intType().defaultValue(0);

    /**
     * Metrics that the endpoint leaves out, in Flink's form. By default what Kafka's clients report
     * of their own; Flink itself reports how many records they have not read.
     */
    public static final ConfigOption<String> METRICS_EXCLUDED =
            ConfigOptions.key("metrics.reporter.prom.filter.excludes")
                    .stringType()
                    .defaultValue("*KafkaConsumer*:*;*KafkaProducer*:*");

    private static final ConfigOption<String> METRICS_ADDRESS =
            ConfigOptions.key("metrics.reporter.prom.bind-address")
                    .stringType()
                    .defaultValue(LoopbackPorts.HOST);

    private static final long POLL_MILLIS = 20;

    private final MiniCluster cluster;
    private final Configuration configuration;
    private final TemporaryDirectory directory;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Number of the oldest TaskManager that runs: each one that is started gets the next. */
    private int oldestWorker;

    private EmbeddedFlink(
            MiniCluster cluster, Configuration configuration, TemporaryDirectory directory) {
        this.cluster = cluster;
        this.configuration = configuration;
        this.directory = directory;
    }

    /** Starts a cluster with the defaults. */
    public static EmbeddedFlink start() {
        return start(new Configuration());
    }

    /**
     * Starts a cluster.
     *
     * @param options Flink's options to set beside or instead of the defaults, among them {@code
     *     rest.port}, {@code metrics.reporter.prom.port}, {@code taskmanager.numberOfTaskSlots} and
     *     {@code execution.checkpointing.dir}; not changed
     * @throws IllegalArgumentException if a port is in use
     * @throws IllegalStateException if the cluster does not start
     */
    public static EmbeddedFlink start(Configuration options) {
        int restPort = LoopbackPorts.choose(restPort(options), RestOptions.PORT.key());
        int metricsPort = LoopbackPorts.choose(options.get(METRICS_PORT), METRICS_PORT.key());
        TemporaryDirectory directory = TemporaryDirectory.create("tts-flink-");
        Configuration configuration = defaults(directory);
        // Flink's default would let the pages of all servers read the answers.
        configuration.set(
                WebOptions.ACCESS_CONTROL_ALLOW_ORIGIN,
                "http://" + LoopbackPorts.HOST + ":" + restPort);
        configuration.addAll(options);
        configuration.set(RestOptions.PORT, restPort);
        configuration.set(RestOptions.BIND_PORT, Integer.toString(restPort));
        configuration.set(METRICS_PORT, metricsPort);
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumTaskManagers(
                                        configuration.get(
                                                TaskManagerOptions.MINI_CLUSTER_NUM_TASK_MANAGERS))
                                .setNumSlotsPerTaskManager(
                                        configuration.get(TaskManagerOptions.NUM_TASK_SLOTS))
                                .build());
        try {
            cluster.start();
        } catch (Exception e) {
            directory.close();
            throw new IllegalStateException(
                    "the embedded Flink did not start: " + e.getMessage(), e);
        }
        return new EmbeddedFlink(cluster, configuration, directory);
    }

    private static int restPort(Configuration options) {
        String port = options.getOptional(RestOptions.BIND_PORT).orElse("0");
        try {
            return Integer.parseInt(port);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s is %s, expected one port, or 0 for a free one"
                            .formatted(RestOptions.BIND_PORT.key(), port),
                    e);
        }
    }

    private static Configuration defaults(TemporaryDirectory directory) {
        Configuration configuration = FlinkDefaults.options();
        configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, 1);
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.path().resolve("checkpoints").toUri().toString());
        // All below one directory of this process: another user may own Flink's usual ones.
        String files = directory.path().toString();
        configuration.set(CoreOptions.TMP_DIRS, files);
        configuration.set(WebOptions.TMP_DIR, files);
        configuration.set(WebOptions.UPLOAD_DIR, files);
        configuration.set(BlobServerOptions.STORAGE_DIRECTORY, files);
        configuration.set(ClusterOptions.PROCESS_WORKING_DIR_BASE, files);
        // State is on the heap: managed memory would lie idle.
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ZERO);
        configuration.set(RestOptions.ADDRESS, LoopbackPorts.HOST);
        configuration.set(RestOptions.BIND_ADDRESS, LoopbackPorts.HOST);
        configuration.set(JobManagerOptions.BIND_HOST, LoopbackPorts.HOST);
        configuration.set(TaskManagerOptions.BIND_HOST, LoopbackPorts.HOST);
        RestAccess.openForOwner(configuration);
        // The cluster looks for its blob server under the host's name, which need not be the
        // loopback address. All is in one process, so nothing has to be handed over that way.
        configuration.set(BlobServerOptions.OFFLOAD_MINSIZE, Integer.MAX_VALUE);
        configuration.set(METRICS_EXCLUDED, METRICS_EXCLUDED.defaultValue());
        configuration.setString("metrics.reporters", "prom");
        configuration.setString(
                "metrics.reporter.prom.factory.class", PrometheusEndpointFactory.class.getName());
        return configuration;
    }

    /** An environment whose jobs run on this cluster, with this cluster's options. */
    public StreamExecutionEnvironment environment() {
        return StreamExecutionEnvironment.createRemoteEnvironment(
                configuration.get(RestOptions.ADDRESS),
                configuration.get(RestOptions.PORT),
                configuration);
    }

    /**
     * Waits until all tasks of a job run, which is after their operators are open.
     *
     * @throws IllegalStateException if the job ends before
     */
    public void awaitRunning(JobID job) throws InterruptedException, ExecutionException {
        AccessExecutionGraph graph = cluster.getExecutionGraph(job).get();
        while (!allTasksRun(graph)) {
            if (graph.getState().isGloballyTerminalState()) {
                ErrorInfo failure = graph.getFailureInfo();
                throw new IllegalStateException(
                        "the job is %s before it ran".formatted(graph.getState()),
                        failure == null ? null : failure.getException());
            }
            Thread.sleep(POLL_MILLIS);
            graph = cluster.getExecutionGraph(job).get();
        }
    }

    private static boolean allTasksRun(AccessExecutionGraph graph) {
        for (AccessExecutionVertex task : graph.getAllExecutionVertices()) {
            if (task.getExecutionState() != ExecutionState.RUNNING) {
                return false;
            }
        }
        return graph.getState() == JobStatus.RUNNING;
    }

    /** Address of the web UI and the REST API. */
    public String webAddress() {
        return "http://"
                + configuration.get(RestOptions.BIND_ADDRESS)
                + ":"
                + configuration.get(RestOptions.PORT);
    }

    /**
     * Ends the oldest TaskManager with all of its tasks, without a checkpoint, and starts another
     * one.
     *
     * @throws Exception if that fails
     */
    public void killWorker() throws Exception {
        removeWorker();
        addWorker();
    }

    /**
     * Starts a TaskManager more. It can exchange records with others only in a cluster that was
     * started with several ({@code minicluster.number-of-taskmanagers}).
     *
     * @throws Exception if that fails
     */
    public void addWorker() throws Exception {
        cluster.startTaskManager();
    }

    /**
     * Ends the oldest TaskManager with all of its tasks, without a checkpoint.
     *
     * @throws Exception if that fails
     */
    public synchronized void removeWorker() throws Exception {
        cluster.terminateTaskManager(oldestWorker).get();
        oldestWorker++;
    }

    /** Address of the metrics in Prometheus's text format. */
    public String metricsAddress() {
        return "http://"
                + configuration.get(METRICS_ADDRESS)
                + ":"
                + configuration.get(METRICS_PORT)
                + "/metrics";
    }

    /** Address of the blob server, through which a cluster of several processes hands out files. */
    public String blobAddress() {
        return configuration.get(JobManagerOptions.BIND_HOST)
                + ":"
                + cluster.getClusterInformation().getBlobServerPort();
    }

    /** Cancels all jobs, stops the cluster and waits for its end. Further calls do nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                cluster.close();
            } catch (Exception e) {
                throw new IllegalStateException("the embedded Flink did not stop", e);
            } finally {
                directory.close();
            }
        }
    }
}
