package io.rwkvtts.job.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Checks topics, or makes them, before anything depends on them. A job on a topic that is not there
 * would fail on a TaskManager and be restarted for ever.
 *
 * <p>Owns a connection to the brokers. Belongs to one thread.
 */
public final class Topics implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(50);

    private final String brokers;
    private final Admin admin;

    private Topics(String brokers, Admin admin) {
        this.brokers = brokers;
        this.admin = admin;
    }

    /**
     * Prepares a connection; whether a broker answers shows with the first call.
     *
     * @param clientProperties properties of a Kafka client, with {@code bootstrap.servers}
     * @throws KafkaSetupException for properties that no client takes
     */
    public static Topics connect(Properties clientProperties) {
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        properties.setProperty(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(TIMEOUT.toMillis()));
        properties.setProperty(
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(TIMEOUT.toMillis() / 2));
        String brokers = properties.getProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        try {
            return new Topics(brokers, Admin.create(properties));
        } catch (KafkaException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new KafkaSetupException(
                    "no Kafka client can be made for bootstrap servers %s: %s"
                            .formatted(brokers, reason.getMessage()),
                    e);
        }
    }

    /**
     * Requires that topics exist.
     *
     * @throws KafkaSetupException if one does not, or no broker answers in 10 s
     */
    public void require(Collection<String> topics) {
        List<String> missing = missing(topics);
        if (!missing.isEmpty()) {
            throw new KafkaSetupException(
                    ("topic %s does not exist on the Kafka at %s. Check the name, or create it:"
                                    + " kafka-topics.sh --bootstrap-server %s --create --topic %s"
                                    + " --partitions 4")
                            .formatted(
                                    String.join(", ", missing), brokers, brokers, missing.get(0)));
        }
    }

    /**
     * Makes the topics that do not exist, with the broker's default replication, and waits until
     * they can be used.
     *
     * @throws KafkaSetupException if that is not possible, or no broker answers in 10 s
     */
    public void create(Collection<String> topics, int partitions) {
        List<NewTopic> missing = new ArrayList<>();
        for (String topic : missing(topics)) {
            missing.add(new NewTopic(topic, Optional.of(partitions), Optional.empty()));
        }
        for (KafkaFuture<Void> creation : admin.createTopics(missing).values().values()) {
            try {
                get(creation);
            } catch (TopicExistsException e) {
                // Somebody else was faster.
            }
        }
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!missing(topics).isEmpty() && System.nanoTime() < deadline) {
            pause();
        }
        require(topics);
    }

    private List<String> missing(Collection<String> topics) {
        List<String> missing = new ArrayList<>();
        Map<String, KafkaFuture<TopicDescription>> descriptions =
                admin.describeTopics(topics).topicNameValues();
        for (String topic : topics) {
            try {
                get(descriptions.get(topic));
            } catch (UnknownTopicOrPartitionException e) {
                missing.add(topic);
            }
        }
        return missing;
    }

    /** The result; expected failures of a single topic as they are, all others explained. */
    private <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof UnknownTopicOrPartitionException unknown) {
                throw unknown;
            }
            if (cause instanceof TopicExistsException exists) {
                throw exists;
            }
            if (cause instanceof TimeoutException) {
                throw new KafkaSetupException(
                        ("no Kafka broker answers at %s within %d s. Check the bootstrap servers,"
                                        + " and that the broker runs and advertises an address that"
                                        + " can be reached from here")
                                .formatted(brokers, TIMEOUT.toSeconds()),
                        cause);
            }
            throw new KafkaSetupException(
                    "the Kafka at %s refused: %s".formatted(brokers, cause), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaSetupException("interrupted while waiting for Kafka", e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaSetupException("interrupted while waiting for new topics", e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
