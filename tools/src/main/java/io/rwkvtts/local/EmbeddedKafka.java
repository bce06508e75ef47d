package io.rwkvtts.local;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.utils.Time;

/**
 * A real Kafka (KRaft, broker and controller in one) inside this process, alone or as one of
 * several in processes of their own, with settings that make it small and quick to start. Topics
 * are not created by themselves.
 *
 * <p>Owns the server and, if temporary, its data directory. May be closed by any thread.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private final KafkaRaftServer server;
    private final int port;
    private final int controllerPort;
    private final Runnable deleteData;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedKafka(
            KafkaRaftServer server, int port, int controllerPort, Runnable deleteData) {
        this.server = server;
        this.port = port;
        this.controllerPort = controllerPort;
        this.deleteData = deleteData;
    }

    /**
     * Starts a broker on data in a temporary directory, deleted on close.
     *
     * @param port port to listen on, 0 for a free one
     * @throws IllegalArgumentException if the port is in use
     * @throws IllegalStateException if the broker does not start
     */
    public static EmbeddedKafka start(int port) {
        return start(port, "PLAINTEXT", Map.of());
    }

    /**
     * Starts a broker on data in a temporary directory whose clients must identify themselves, or
     * whose traffic is encrypted.
     *
     * @param port port to listen on, 0 for a free one
     * @param protocol what clients use, such as {@code SASL_SSL}
     * @param properties of the broker for this protocol: keys, users
     * @throws IllegalArgumentException if the port is in use
     * @throws IllegalStateException if the broker does not start
     */
    public static EmbeddedKafka start(int port, String protocol, Map<String, String> properties) {
        TemporaryDirectory directory = TemporaryDirectory.create("tts-kafka-");
        try {
            return start(
                    directory.path(),
                    port,
                    protocol,
                    broker -> broker.putAll(properties),
                    directory::close);
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /**
     * Starts a broker on data that outlives it.
     *
     * @param dataDirectory made and formatted if it is not yet; one broker at a time
     * @param port port to listen on, 0 for a free one
     * @throws IllegalArgumentException if the port is in use
     * @throws IllegalStateException if the broker does not start
     */
    public static EmbeddedKafka start(Path dataDirectory, int port) {
        requireNonNull(dataDirectory, "dataDirectory");
        return start(dataDirectory, port, "PLAINTEXT", broker -> {}, () -> {});
    }

    /**
     * Starts a broker of a cluster on data that outlives it, which some clients reach directly and
     * others through a proxy: a client is told to connect to where it came in. Topics have a
     * replica on each broker; of several, two must have a record before it counts as written.
     *
     * @param dataDirectory made and formatted if it is not yet; one broker at a time
     * @param member which broker of which cluster
     * @param port port to listen on for direct clients
     * @param proxiedPort port to listen on for the proxy
     * @param proxyPort port that the proxy listens on
     * @throws IllegalArgumentException if a port is in use
     * @throws IllegalStateException if the broker does not start
     */
    public static EmbeddedKafka startBehindProxy(
            Path dataDirectory, ClusterMember member, int port, int proxiedPort, int proxyPort) {
        requireNonNull(dataDirectory, "dataDirectory");
        LoopbackPorts.choose(proxiedPort, "proxied Kafka port");
        return start(
                dataDirectory,
                member,
                port,
                "PLAINTEXT",
                broker -> {
                    addProxied(broker, proxiedPort, proxyPort);
                    noticeDeathSoon(broker);
                },
                () -> {});
    }

    private static void addProxied(Properties broker, int proxiedPort, int proxyPort) {
        String listener = ",PROXIED://" + LoopbackPorts.HOST + ":";
        append(broker, "listeners", listener + proxiedPort);
        append(broker, "advertised.listeners", listener + proxyPort);
        append(broker, "listener.security.protocol.map", ",PROXIED:PLAINTEXT");
    }

    /** A killed broker is taken for alive for a session, and its successor is refused. */
    private static void noticeDeathSoon(Properties broker) {
        broker.put("broker.session.timeout.ms", "1000");
        broker.put("broker.heartbeat.interval.ms", "250");
    }

    private static void append(Properties properties, String key, String more) {
        properties.setProperty(key, properties.getProperty(key) + more);
    }

    private static EmbeddedKafka start(
            Path directory,
            int port,
            String protocol,
            Consumer<Properties> more,
            Runnable deleteData) {
        return start(directory, ClusterMember.alone(), port, protocol, more, deleteData);
    }

    private static EmbeddedKafka start(
            Path directory,
            ClusterMember member,
            int port,
            String protocol,
            Consumer<Properties> more,
            Runnable deleteData) {
        int brokerPort = LoopbackPorts.choose(port, "Kafka port");
        int controllerPort = LoopbackPorts.choose(member.controllerPort(), "controller port");
        Properties properties = properties(directory, member, protocol, brokerPort);
        more.accept(properties);
        format(directory, member, properties);
        KafkaRaftServer server = null;
        try {
            server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
            server.startup();
            return new EmbeddedKafka(server, brokerPort, controllerPort, deleteData);
        } catch (RuntimeException e) {
            if (server != null) {
                server.shutdown();
            }
            throw new IllegalStateException(
                    "the embedded Kafka did not start on the data in %s: %s"
                            .formatted(directory, e.getMessage()),
                    e);
        }
    }

    /** Writes the cluster id and the metadata log that a new data directory needs. */
    private static void format(Path directory, ClusterMember member, Properties properties) {
        if (Files.exists(directory.resolve("meta.properties"))) {
            return;
        }
        try {
            Path file = Files.createDirectories(directory).resolve("server.properties");
            try (Writer writer = Files.newBufferedWriter(file)) {
                properties.store(writer, null);
            }
            String[] arguments = {"format", "-t", member.clusterId(), "-c", file.toString()};
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            PrintStream print = new PrintStream(output, true, StandardCharsets.UTF_8);
            if (StorageTool.execute(arguments, print) != 0) {
                throw new IllegalStateException(
                        "the Kafka data directory %s cannot be formatted: %s"
                                .formatted(directory, output.toString(StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the Kafka data directory %s cannot be written".formatted(directory), e);
        }
    }

    private static Properties properties(
            Path directory, ClusterMember member, String protocol, int brokerPort) {
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(member.id()));
        String broker = protocol + "://" + LoopbackPorts.HOST + ":" + brokerPort;
        String controller = LoopbackPorts.HOST + ":" + member.controllerPort();
        properties.put("listeners", broker + ",CONTROLLER://" + controller);
        properties.put("advertised.listeners", broker);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("security.inter.broker.protocol", protocol);
        properties.put(
                "listener.security.protocol.map",
                protocol + ":" + protocol + ",CONTROLLER:PLAINTEXT");
        // Voters by configuration, not in the metadata log: the controller's port may change.
        properties.put("controller.quorum.voters", member.voters());
        properties.put("log.dirs", directory.toString());
        // A misspelt topic is an error, not a new topic.
        properties.put("auto.create.topics.enable", "false");
        properties.put("group.initial.rebalance.delay.ms", "0");
        String replicas = Integer.toString(member.size());
        for (String topic :
                new String[] {
                    "offsets.topic", "transaction.state.log", "share.coordinator.state.topic"
                }) {
            properties.put(topic + ".num.partitions", "1");
            properties.put(topic + ".replication.factor", replicas);
        }
        properties.put("default.replication.factor", replicas);
        for (String key :
                new String[] {
                    "min.insync.replicas",
                    "transaction.state.log.min.isr",
                    "share.coordinator.state.topic.min.isr"
                }) {
            properties.put(key, Integer.toString(Math.min(2, member.size())));
        }
        // Its default takes 128 MB of heap at the start.
        properties.put("log.cleaner.dedupe.buffer.size", "2097152");
        return properties;
    }

    /** The address for {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return LoopbackPorts.HOST + ":" + port;
    }

    /** Where the part of the server listens that keeps the metadata. */
    public String controllerAddress() {
        return LoopbackPorts.HOST + ":" + controllerPort;
    }

    /** Stops the broker and waits for its end. Further calls do nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                server.shutdown();
                server.awaitShutdown();
            } finally {
                deleteData.run();
            }
        }
    }
}
