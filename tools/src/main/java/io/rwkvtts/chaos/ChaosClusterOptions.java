package io.rwkvtts.chaos;

import io.rwkvtts.local.LoopbackPorts;
import io.rwkvtts.local.RestAccess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.client.deployment.executors.RemoteExecutor;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.TaskManagerOptions.TaskManagerLoadBalanceMode;
import org.apache.flink.configuration.WebOptions;

/** Options of the Flink processes: where they find each other, and how soon a death is noticed. */
final class ChaosClusterOptions {

    static final Duration ZOOKEEPER_TICK = Duration.ofMillis(500);

    /**
     * ZooKeeper session of a JobManager: a dead one stays leader for that time, and one that gets
     * no processor for as long is a leader no more.
     */
    static final Duration LEADERSHIP = Duration.ofSeconds(2);

    private ChaosClusterOptions() {}

    /**
     * Options of all Flink processes.
     *
     * @param directory for what the leading JobManager keeps for its successor
     * @param slots slots of a TaskManager
     */
    static Configuration of(Path directory, int zooKeeperPort, int slots) {
        Configuration options = new Configuration();
        addresses(options);
        detection(options);
        highAvailability(options, directory, zooKeeperPort);
        taskManagers(options, slots);
        // Of the cluster, not of the job: Flink would keep one, and none before a damaged one.
        options.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 3);
        return options;
    }

    /**
     * Options of one JobManager, beside those of all.
     *
     * @param restPort of its own
     */
    static Configuration jobManager(int restPort) {
        Configuration options = new Configuration();
        options.set(RestOptions.PORT, restPort);
        options.set(RestOptions.BIND_PORT, Integer.toString(restPort));
        options.set(HighAvailabilityOptions.ZOOKEEPER_SESSION_TIMEOUT, LEADERSHIP);
        return options;
    }

    /**
     * Options of who submits a job: it finds the JobManager that leads, and soon looks again when
     * that dies.
     *
     * @param flink options of the Flink processes
     */
    static Configuration client(Configuration flink) {
        Configuration options = new Configuration();
        options.set(DeploymentOptions.TARGET, RemoteExecutor.NAME);
        options.set(RestAccess.TOKEN, flink.get(RestAccess.TOKEN));
        for (ConfigOption<String> option :
                List.of(
                        HighAvailabilityOptions.HA_MODE,
                        HighAvailabilityOptions.HA_ZOOKEEPER_QUORUM)) {
            options.set(option, flink.get(option));
        }
        // 20 attempts 3 s apart by default.
        options.set(RestOptions.RETRY_DELAY, Duration.ofMillis(200));
        options.set(RestOptions.RETRY_MAX_ATTEMPTS, 300);
        return options;
    }

    private static void addresses(Configuration options) {
        options.set(JobManagerOptions.ADDRESS, LoopbackPorts.HOST);
        options.set(JobManagerOptions.BIND_HOST, LoopbackPorts.HOST);
        options.set(TaskManagerOptions.HOST, LoopbackPorts.HOST);
        options.set(TaskManagerOptions.BIND_HOST, LoopbackPorts.HOST);
        options.set(RestOptions.ADDRESS, LoopbackPorts.HOST);
        options.set(RestOptions.BIND_ADDRESS, LoopbackPorts.HOST);
        RestAccess.openForOwner(options);
        // How old an answer of the REST API may be; recovery is measured with it.
        options.set(WebOptions.REFRESH_INTERVAL, Duration.ofMillis(100));
    }

    /** A death is noticed when two heartbeats find nobody, a hanging process by the timeout. */
    private static void detection(Configuration options) {
        // Flink's 10 s would alone take up the time in which generation is to continue.
        options.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofMillis(500));
        // Long enough for a process that gets no processor for a while.
        options.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofSeconds(15));
        // Pauses before a TaskManager tries again to register: up to 30 s by default.
        options.set(ClusterOptions.MAX_REGISTRATION_TIMEOUT, Duration.ofSeconds(1));
        options.set(ClusterOptions.ERROR_REGISTRATION_DELAY, Duration.ofMillis(500));
        options.set(ClusterOptions.REFUSED_REGISTRATION_DELAY, Duration.ofSeconds(1));
    }

    private static void highAvailability(Configuration options, Path directory, int zooKeeperPort) {
        options.set(HighAvailabilityOptions.HA_MODE, "zookeeper");
        options.set(
                HighAvailabilityOptions.HA_ZOOKEEPER_QUORUM,
                LoopbackPorts.HOST + ":" + zooKeeperPort);
        options.set(HighAvailabilityOptions.HA_STORAGE_PATH, directory.toUri().toString());
        // Longer than a JobManager's: a TaskManager that loses ZooKeeper while the leader changes
        // does not offer its slots to the new one before a timeout of 10 s.
        options.set(HighAvailabilityOptions.ZOOKEEPER_SESSION_TIMEOUT, Duration.ofSeconds(4));
        // Else who does not hear of ZooKeeper for two thirds of it has lost its leader, too.
        options.set(HighAvailabilityOptions.ZOOKEEPER_TOLERATE_SUSPENDED_CONNECTIONS, true);
        options.set(HighAvailabilityOptions.ZOOKEEPER_CONNECTION_TIMEOUT, Duration.ofSeconds(2));
        options.set(HighAvailabilityOptions.ZOOKEEPER_RETRY_WAIT, Duration.ofMillis(500));
    }

    /** Flink's scripts would compute the sizes; the heap is set on the command line. */
    private static void taskManagers(Configuration options, int slots) {
        options.set(TaskManagerOptions.NUM_TASK_SLOTS, slots);
        // Slots left free on each, so that the work of a dead one moves at once.
        options.set(
                TaskManagerOptions.TASK_MANAGER_LOAD_BALANCE_MODE,
                TaskManagerLoadBalanceMode.SLOTS);
        options.set(TaskManagerOptions.CPU_CORES, 1.0 * slots);
        options.set(TaskManagerOptions.TASK_HEAP_MEMORY, MemorySize.ofMebiBytes(512));
        options.set(TaskManagerOptions.TASK_OFF_HEAP_MEMORY, MemorySize.ofMebiBytes(1024));
        options.set(TaskManagerOptions.FRAMEWORK_HEAP_MEMORY, MemorySize.ofMebiBytes(128));
        options.set(TaskManagerOptions.FRAMEWORK_OFF_HEAP_MEMORY, MemorySize.ofMebiBytes(128));
        options.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
        options.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
        // State is on the heap: managed memory would lie idle.
        options.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ZERO);
        options.set(TaskManagerOptions.JVM_METASPACE, MemorySize.ofMebiBytes(128));
        options.set(TaskManagerOptions.JVM_OVERHEAD_MIN, MemorySize.ofMebiBytes(128));
        options.set(TaskManagerOptions.JVM_OVERHEAD_MAX, MemorySize.ofMebiBytes(128));
    }
}
