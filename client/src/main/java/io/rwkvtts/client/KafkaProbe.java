package io.rwkvtts.client;

import java.time.Duration;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;

/**
 * Asks whether Kafka answers.
 *
 * <p>Owns its connection. May be used by several threads.
 */
public final class KafkaProbe implements AutoCloseable {

    private static final int TIMEOUT_MS = 2_000;

    private final Admin admin;

    /**
     * Prepares a connection.
     *
     * @param kafka properties of a Kafka client, with {@code bootstrap.servers}
     */
    public KafkaProbe(Properties kafka) {
        Properties properties = new Properties();
        properties.putAll(kafka);
        // What only producers and consumers know would be warned of.
        properties
                .keySet()
                .retainAll(org.apache.kafka.clients.admin.AdminClientConfig.configNames());
        admin = Admin.create(properties);
    }

    /**
     * Asks; returns at once.
     *
     * @param answer called with whether a broker answered within two seconds, on a thread that must
     *     not be blocked
     */
    public void ask(Consumer<Boolean> answer) {
        admin.describeCluster(new DescribeClusterOptions().timeoutMs(TIMEOUT_MS))
                .nodes()
                .whenComplete((nodes, failure) -> answer.accept(failure == null));
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
