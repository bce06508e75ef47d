package io.rwkvtts.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.job.StandbyTaskManager;
import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.local.ClusterMember;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;

/**
 * One or several Kafka brokers, a ZooKeeper, Flink JobManagers of which one leads and the others
 * stand by, as ZooKeeper decides, and Flink TaskManagers: each a process of its own, on ports of
 * the loopback address that stay the same when a process is started again. The Flink processes
 * reach each broker through a proxy, everybody else directly.
 *
 * <p>Owns the processes and the proxies. Safe for use by several threads.
 */
final class ChaosCluster implements AutoCloseable {

    private static final String ZOOKEEPER_MAIN =
            "org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain";
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final long PAUSE_MS = 20;

    /** Name of ZooKeeper's process. */
    static final String ZOOKEEPER = "zookeeper";

    private final List<ChaosBroker> brokers;
    private final List<String> taskManagers;

    /** Ports of the REST API, by name of the process. */
    private final Map<String, Integer> jobManagers = new LinkedHashMap<>();

    private final Configuration flink;
    private final JobManagerLeader leader;
    private final BrokerLink link;

    /** By name, in the order in which they are started. */
    private final Map<String, ServerProcess> processes = new LinkedHashMap<>();

    /** By name of the process. */
    private final Map<String, FakeClock> clocks = new HashMap<>();

    /**
     * Prepares the processes.
     *
     * @param chaos names the directory for their data, settings and logs, which exists
     */
    ChaosCluster(ChaosSettings chaos) throws IOException {
        Path directory = chaos.directory();
        int zooKeeperPort = LoopbackPorts.chooseLasting();
        brokers =
                IntStream.rangeClosed(1, chaos.brokers())
                        .mapToObj(ChaosBroker::choosePorts)
                        .toList();
        taskManagers =
                IntStream.rangeClosed(1, ChaosSettings.TASK_MANAGERS)
                        .mapToObj(number -> "taskmanager-" + number)
                        .toList();
        Path logs = Files.createDirectories(directory.resolve("logs"));
        Path settings = Files.createDirectories(directory.resolve("conf"));
        add(
                ZOOKEEPER,
                logs,
                quickToStart("64m"),
                List.of(ZOOKEEPER_MAIN, zooKeeperSettings(directory, zooKeeperPort).toString()));
        String clusterId = ClusterMember.newClusterId();
        for (ChaosBroker broker : brokers) {
            add(
                    broker.name(),
                    logs,
                    quickToStart("512m"),
                    join(BrokerServer.class, brokerArguments(directory, broker, clusterId)));
        }
        int slots = chaos.maxParallelism();
        flink = ChaosClusterOptions.of(directory.resolve("ha"), zooKeeperPort, slots);
        flink.addAll(chaos.options());
        leader = new JobManagerLeader(flink);
        // JSON is YAML.
        new ObjectMapper().writeValue(settings.resolve("config.yaml").toFile(), flink.toMap());
        List<String> configuration = List.of("--configDir", settings.toString());
        for (int number = 1; number <= ChaosSettings.JOB_MANAGERS; number++) {
            String name = "jobmanager-" + number;
            int port = LoopbackPorts.chooseLasting();
            jobManagers.put(name, port);
            Configuration own = ChaosClusterOptions.jobManager(port);
            add(
                    name,
                    logs,
                    quickToStart("512m"),
                    join(StandaloneSessionClusterEntrypoint.class, arguments(configuration, own)));
        }
        Optional<Path> fakeTime = chaos.setsClock() ? FakeClock.library() : Optional.empty();
        for (String name : taskManagers) {
            Configuration own = chaos.standbyOptions();
            own.set(TaskManagerOptions.TASK_MANAGER_RESOURCE_ID, name);
            Map<String, String> environment = Map.of();
            if (fakeTime.isPresent()) {
                FakeClock clock = new FakeClock(fakeTime.get(), settings.resolve(name + ".clock"));
                clocks.put(name, clock);
                environment = clock.environment();
            }
            processes.put(
                    name,
                    new ServerProcess(
                            name,
                            logs,
                            List.of("-XX:+UseSerialGC", "-Xmx1g"),
                            join(StandbyTaskManager.class, arguments(configuration, own)),
                            environment));
        }
        List<LoopbackProxy> proxies = new ArrayList<>();
        for (ChaosBroker broker : brokers) {
            proxies.add(new LoopbackProxy(broker.proxyPort(), broker.proxiedPort()));
        }
        link = new BrokerLink(proxies);
    }

    private List<String> brokerArguments(Path directory, ChaosBroker broker, String clusterId) {
        List<String> arguments = new ArrayList<>();
        arguments.add(directory.resolve(broker.name()).toString());
        for (int port : List.of(broker.port(), broker.proxiedPort(), broker.proxyPort())) {
            arguments.add(Integer.toString(port));
        }
        arguments.add(clusterId);
        arguments.add(Integer.toString(broker.id()));
        brokers.forEach(each -> arguments.add(Integer.toString(each.controllerPort())));
        return arguments;
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

    private static List<String> arguments(List<String> configuration, Configuration own) {
        List<String> arguments = new ArrayList<>(configuration);
        own.toMap().forEach((key, value) -> arguments.addAll(List.of("-D", key + "=" + value)));
        return arguments;
    }

    private static List<String> join(Class<?> main, List<String> arguments) {
        List<String> all = new ArrayList<>();
        all.add(main.getName());
        all.addAll(arguments);
        return all;
    }

    /** Starts all processes and waits until brokers and JobManagers can be talked to. */
    void start() throws IOException, InterruptedException {
        List<String> standbys = jobManagers.keySet().stream().skip(1).toList();
        for (ServerProcess process : processes.values()) {
            if (!standbys.contains(process.name())) {
                process.start();
            }
        }
        for (ChaosBroker broker : brokers) {
            awaitPort(broker.port(), processes.get(broker.name()));
        }
        for (Map.Entry<String, Integer> jobManager : jobManagers.entrySet()) {
            ServerProcess process = processes.get(jobManager.getKey());
            if (standbys.contains(process.name())) {
                // Not with the others: on a small machine one that starts might wait too long.
                process.start();
            }
            awaitPort(jobManager.getValue(), process);
        }
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
        for (ChaosBroker broker : brokers) {
            if (broker.name().equals(name)) {
                awaitPort(broker.port(), processes.get(name));
            }
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

    /** Sets the wall clock of a TaskManager, such as to {@code +1h} from the true time. */
    void setClock(String name, String offset) throws IOException {
        clocks.get(name).set(offset);
    }

    /** The link between the Flink processes and the brokers. */
    BrokerLink link() {
        return link;
    }

    /** Names of the brokers' processes. */
    List<String> brokers() {
        return brokers.stream().map(ChaosBroker::name).toList();
    }

    /** Names of the TaskManagers' processes. */
    List<String> taskManagers() {
        return taskManagers;
    }

    /** Name of the process of the JobManager that leads; waits until one does. */
    String leadingJobManager() throws Exception {
        int port = leader.restPort();
        return jobManagers.entrySet().stream()
                .filter(jobManager -> jobManager.getValue() == port)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** Name of the process of the broker that leads a partition of the token topic. */
    String leader(KafkaSettings kafka, int partition) {
        try (KafkaAdmin admin = KafkaAdmin.connect(kafka.properties())) {
            return brokers.get(admin.leader(kafka.topics().tokens(), partition) - 1).name();
        }
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

    /** Where the brokers are reached directly. */
    String bootstrapServers() {
        return addresses(ChaosBroker::port);
    }

    /** Where the brokers are reached through {@link #link}. */
    String linkedBootstrapServers() {
        return addresses(ChaosBroker::proxyPort);
    }

    private String addresses(ToIntFunction<ChaosBroker> port) {
        return brokers.stream()
                .map(broker -> LoopbackPorts.HOST + ":" + port.applyAsInt(broker))
                .collect(Collectors.joining(","));
    }

    /** Options of the Flink processes. */
    Configuration options() {
        return flink;
    }

    /** Ports of the JobManagers' REST APIs. */
    List<Integer> restPorts() {
        return List.copyOf(jobManagers.values());
    }

    /** Kills all processes, each by its id, paused ones as well. */
    @Override
    public void close() {
        processes.values().forEach(ServerProcess::close);
        link.close();
    }
}
