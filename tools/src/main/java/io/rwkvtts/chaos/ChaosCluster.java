package io.rwkvtts.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.job.StandbyTaskManager;
import io.rwkvtts.local.LoopbackPorts;
import io.rwkvtts.local.LoopbackProxy;
import io.rwkvtts.process.ServerProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;

/**
 * A Kafka broker, a ZooKeeper, a Flink JobManager that is highly available through it, and Flink
 * TaskManagers: each a process of its own, on ports of the loopback address that stay the same when
 * a process is started again. The Flink processes reach the broker through a proxy, everybody else
 * directly.
 *
 * <p>Owns the processes and the proxy. Safe for use by several threads.
 */
final class ChaosCluster implements AutoCloseable {

    private static final String ZOOKEEPER_MAIN =
            "org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain";
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final long PAUSE_MS = 20;

    /** Name of ZooKeeper's process. */
    static final String ZOOKEEPER = "zookeeper";

    /** Name of the broker's process. */
    static final String BROKER = "broker";

    /** Name of the JobManager's process. */
    static final String JOB_MANAGER = "jobmanager";

    private final int brokerPort = LoopbackPorts.chooseLasting();
    private final int proxyPort = LoopbackPorts.chooseLasting();
    private final int restPort = LoopbackPorts.chooseLasting();
    private final Configuration flink;
    private final LoopbackProxy link;

    /** By name, in the order in which they are started. */
    private final Map<String, ServerProcess> processes = new LinkedHashMap<>();

    /**
     * Prepares the processes.
     *
     * @param directory for their data, settings and logs; exists
     * @param options options of Flink to set beside or instead of {@link ChaosClusterOptions}
     * @param standby options of the job whose engine the TaskManagers open ahead
     * @param taskManagers number of TaskManagers
     * @param slots slots of each
     */
    ChaosCluster(
            Path directory,
            Configuration options,
            Configuration standby,
            int taskManagers,
            int slots)
            throws IOException {
        int zooKeeperPort = LoopbackPorts.chooseLasting();
        int proxiedPort = LoopbackPorts.chooseLasting();
        Path logs = Files.createDirectories(directory.resolve("logs"));
        Path settings = Files.createDirectories(directory.resolve("conf"));
        add(
                ZOOKEEPER,
                logs,
                quickToStart("64m"),
                List.of(ZOOKEEPER_MAIN, zooKeeperSettings(directory, zooKeeperPort).toString()));
        add(
                BROKER,
                logs,
                quickToStart("512m"),
                List.of(
                        BrokerServer.class.getName(),
                        directory.resolve("kafka").toString(),
                        Integer.toString(brokerPort),
                        Integer.toString(proxiedPort),
                        Integer.toString(proxyPort)));
        flink = ChaosClusterOptions.of(directory.resolve("ha"), restPort, zooKeeperPort, slots);
        flink.addAll(options);
        // JSON is YAML.
        new ObjectMapper().writeValue(settings.resolve("config.yaml").toFile(), flink.toMap());
        List<String> configuration = List.of("--configDir", settings.toString());
        add(
                JOB_MANAGER,
                logs,
                quickToStart("512m"),
                join(StandaloneSessionClusterEntrypoint.class, configuration));
        for (int number = 1; number <= taskManagers; number++) {
            String name = "taskmanager-" + number;
            Configuration own = new Configuration(standby);
            own.set(TaskManagerOptions.TASK_MANAGER_RESOURCE_ID, name);
            List<String> arguments = new ArrayList<>(configuration);
            own.toMap().forEach((key, value) -> arguments.addAll(List.of("-D", key + "=" + value)));
            add(
                    name,
                    logs,
                    List.of("-XX:+UseSerialGC", "-Xmx1g"),
                    join(StandbyTaskManager.class, arguments));
        }
        link = new LoopbackProxy(proxyPort, proxiedPort);
    }

    private void add(String name, Path logs, List<String> jvm, List<String> main) {
        processes.put(name, new ServerProcess(name, logs, jvm, main));
    }

    /** Without the second compiler, a JobManager needs 2.6 s of a processor to start, not 4.4 s. */
    private static List<String> quickToStart(String heap) {
        return List.of("-XX:+UseSerialGC", "-Xmx" + heap, "-XX:TieredStopAtLevel=1");
    }

    private static Path zooKeeperSettings(Path directory, int port) throws IOException {
        return Files.write(
                directory.resolve("conf/zookeeper.properties"),
                List.of(
                        "dataDir=" + directory.resolve("zookeeper"),
                        "clientPortAddress=" + LoopbackPorts.HOST,
                        "clientPort=" + port,
                        "tickTime=" + ChaosClusterOptions.ZOOKEEPER_TICK.toMillis(),
                        "admin.enableServer=false"));
    }

    private static List<String> join(Class<?> main, List<String> arguments) {
        List<String> all = new ArrayList<>();
        all.add(main.getName());
        all.addAll(arguments);
        return all;
    }

    /** Starts all processes and waits until broker and JobManager can be talked to. */
    void start() throws IOException, InterruptedException {
        for (ServerProcess process : processes.values()) {
            process.start();
        }
        awaitPort(brokerPort, processes.get(BROKER));
        awaitPort(restPort, processes.get(JOB_MANAGER));
    }

    /** {@code kill -9} of the process of this name. */
    void kill(String name) throws InterruptedException {
        processes.get(name).kill();
    }

    /**
     * Starts the process of this name again, on the data that it left; waits for a broker until it
     * can be talked to.
     */
    void start(String name) throws IOException, InterruptedException {
        processes.get(name).start();
        if (name.equals(BROKER)) {
            awaitPort(brokerPort, processes.get(name));
        }
    }

    /** Starts the processes again that have ended, as a supervisor does. */
    void startEnded() throws IOException, InterruptedException {
        for (ServerProcess process : processes.values()) {
            if (!process.handle().isAlive()) {
                start(process.name());
            }
        }
    }

    /** {@code kill -STOP} of the process of this name. */
    void pause(String name) throws IOException {
        processes.get(name).pause();
    }

    /** {@code kill -CONT} of the process of this name. */
    void resume(String name) {
        processes.get(name).resume();
    }

    /** The link between the Flink processes and the broker. */
    LoopbackProxy link() {
        return link;
    }

    private void awaitPort(int port, ServerProcess server) throws InterruptedException {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        while (!listens(port)) {
            server.requireAlive();
            if (System.nanoTime() > limit) {
                throw new IllegalStateException(
                        "%s does not listen on port %d after %d s: see %s"
                                .formatted(
                                        server.name(),
                                        port,
                                        START_LIMIT.toSeconds(),
                                        server.log()));
            }
            Thread.sleep(PAUSE_MS);
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(LoopbackPorts.HOST, port), (int) PAUSE_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Requires that no process has ended by itself.
     *
     * @throws IllegalStateException if one has; names its log
     */
    void requireAlive() {
        processes.values().forEach(ServerProcess::requireAlive);
    }

    /** Where the broker is reached directly. */
    String bootstrapServers() {
        return LoopbackPorts.HOST + ":" + brokerPort;
    }

    /** Where the broker is reached through {@link #link}. */
    String linkedBootstrapServers() {
        return LoopbackPorts.HOST + ":" + proxyPort;
    }

    /** Options of the Flink processes. */
    Configuration options() {
        return flink;
    }

    int restPort() {
        return restPort;
    }

    /** Kills all processes, each by its id, paused ones as well. */
    @Override
    public void close() {
        processes.values().forEach(ServerProcess::close);
        link.close();
    }
}
