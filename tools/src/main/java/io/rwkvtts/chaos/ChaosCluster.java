package io.rwkvtts.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.local.LoopbackPorts;
import io.rwkvtts.process.ServerProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;

/**
 * A Kafka broker, a ZooKeeper, a Flink JobManager that is highly available through it, and Flink
 * TaskManagers: each a process of its own, on ports of the loopback address that stay the same when
 * a process is started again.
 *
 * <p>Owns the processes. {@link #close()} may be called by any thread at any time; everything else
 * belongs to one.
 */
final class ChaosCluster implements AutoCloseable {

    private static final String ZOOKEEPER =
            "org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain";
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final long PAUSE_MS = 20;

    private final int brokerPort = LoopbackPorts.chooseLasting();
    private final int restPort = LoopbackPorts.chooseLasting();
    private final Configuration flink;
    private final ServerProcess broker;
    private final ServerProcess zooKeeper;
    private final ServerProcess jobManager;
    private final Map<String, ServerProcess> taskManagers = new TreeMap<>();

    /**
     * Prepares the processes.
     *
     * @param directory for their data, settings and logs; exists
     * @param options options of Flink to set beside or instead of {@link ChaosClusterOptions}
     * @param taskManagers number of TaskManagers
     * @param slots slots of each
     */
    ChaosCluster(Path directory, Configuration options, int taskManagers, int slots)
            throws IOException {
        int zooKeeperPort = LoopbackPorts.chooseLasting();
        Path logs = Files.createDirectories(directory.resolve("logs"));
        Path settings = Files.createDirectories(directory.resolve("conf"));
        broker =
                new ServerProcess(
                        "broker",
                        logs,
                        quickToStart("512m"),
                        List.of(
                                BrokerServer.class.getName(),
                                directory.resolve("kafka").toString(),
                                Integer.toString(brokerPort)));
        zooKeeper =
                new ServerProcess(
                        "zookeeper",
                        logs,
                        quickToStart("64m"),
                        List.of(ZOOKEEPER, zooKeeperSettings(directory, zooKeeperPort).toString()));
        flink = ChaosClusterOptions.of(directory.resolve("ha"), restPort, zooKeeperPort, slots);
        flink.addAll(options);
        // JSON is YAML.
        new ObjectMapper().writeValue(settings.resolve("config.yaml").toFile(), flink.toMap());
        List<String> configuration = List.of("--configDir", settings.toString());
        jobManager =
                new ServerProcess(
                        "jobmanager",
                        logs,
                        quickToStart("512m"),
                        join(StandaloneSessionClusterEntrypoint.class, configuration));
        for (int number = 1; number <= taskManagers; number++) {
            String name = "taskmanager-" + number;
            this.taskManagers.put(
                    name,
                    new ServerProcess(
                            name,
                            logs,
                            List.of("-XX:+UseSerialGC", "-Xmx1g"),
                            join(
                                    TaskManagerRunner.class,
                                    configuration,
                                    "-D",
                                    TaskManagerOptions.TASK_MANAGER_RESOURCE_ID.key()
                                            + "="
                                            + name)));
        }
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

    private static List<String> join(Class<?> main, List<String> arguments, String... more) {
        List<String> all = new ArrayList<>();
        all.add(main.getName());
        all.addAll(arguments);
        all.addAll(List.of(more));
        return all;
    }

    /** Starts all processes and waits until broker and JobManager can be talked to. */
    void start() throws IOException, InterruptedException {
        zooKeeper.start();
        broker.start();
        jobManager.start();
        for (ServerProcess taskManager : taskManagers.values()) {
            taskManager.start();
        }
        awaitBroker();
        awaitPort(restPort, jobManager);
    }

    /** Kills the TaskManager of this name. */
    void killTaskManager(String name) throws InterruptedException {
        taskManagers.get(name).kill();
    }

    void startTaskManager(String name) throws IOException {
        taskManagers.get(name).start();
    }

    void killJobManager() throws InterruptedException {
        jobManager.kill();
    }

    void startJobManager() throws IOException {
        jobManager.start();
    }

    void killBroker() throws InterruptedException {
        broker.kill();
    }

    /** Starts the broker on the log that it left, and waits until it can be talked to. */
    void startBroker() throws IOException, InterruptedException {
        broker.start();
        awaitBroker();
    }

    private void awaitBroker() throws InterruptedException {
        awaitPort(brokerPort, broker);
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
        servers().forEach(ServerProcess::requireAlive);
    }

    String bootstrapServers() {
        return LoopbackPorts.HOST + ":" + brokerPort;
    }

    /** Options of the Flink processes. */
    Configuration options() {
        return flink;
    }

    int restPort() {
        return restPort;
    }

    private Stream<ServerProcess> servers() {
        return Stream.concat(
                Stream.of(broker, zooKeeper, jobManager), taskManagers.values().stream());
    }

    /** Kills all processes, each by its id. */
    @Override
    public void close() {
        servers().forEach(ServerProcess::close);
    }
}
