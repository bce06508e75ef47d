package io.rwkvtts.job.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks what the job needs of Kafka before anything depends on it: the brokers, the topics, the
 * transactions. A job without them would fail on a TaskManager and be restarted for ever.
 *
 * <p>Owns a connection. Belongs to one thread.
 */
public final class KafkaAdmin implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaAdmin.class);

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final String MAX_TRANSACTION_TIMEOUT = "transaction.max.timeout.ms";

    private final String address;
    private final Admin admin;
    private final Duration timeout;

    KafkaAdmin(String address, Admin admin, Duration timeout) {
        this.address = address;
        this.admin = admin;
        this.timeout = timeout;
    }

    /**
     * Prepares a connection; whether a broker answers shows with the first call.
     *
     * @param clientProperties properties of a Kafka client, with {@code bootstrap.servers}
     * @throws KafkaSetupException for properties that no client takes
     */
    public static KafkaAdmin connect(Properties clientProperties) {
        return connect(clientProperties, TIMEOUT);
    }

    static KafkaAdmin connect(Properties clientProperties, Duration timeout) {
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        properties.setProperty(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(timeout.toMillis()));
        properties.setProperty(
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(timeout.toMillis() / 2));
        String address = properties.getProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        try {
            return new KafkaAdmin(address, Admin.create(properties), timeout);
        } catch (KafkaException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new KafkaSetupException(
                    "no Kafka client can be made for bootstrap servers %s: %s"
                            .formatted(address, reason.getMessage()),
                    e);
        }
    }

    /**
     * Requires that topics exist.
     *
     * @throws KafkaSetupException if one does not, or no broker answers in 10 s
     */
    public void requireTopics(Collection<String> topics) {
        List<String> missing = missing(topics);
        if (!missing.isEmpty()) {
            throw new KafkaSetupException(
                    ("topic %s does not exist on the Kafka at %s. Check the name, or create it:"
                                    + " kafka-topics.sh --bootstrap-server %s --create --topic %s"
                                    + " --partitions 4")
                            .formatted(
                                    String.join(", ", missing), address, address, missing.get(0)));
        }
    }

    /**
     * Makes the topics that do not exist, with the brokers' default replication, and waits until
     * each partition of all of them has a leader that answers.
     *
     * @throws KafkaSetupException if that is not possible, or no broker answers in 10 s
     */
    public void createTopics(Collection<String> topics, int partitions) {
        createTopics(topics, partitions, Map.of());
    }

    /** The same with settings of the topics. */
    void createTopics(Collection<String> topics, int partitions, Map<String, String> settings) {
        List<NewTopic> missing = new ArrayList<>();
        for (String topic : missing(topics)) {
            missing.add(
                    new NewTopic(topic, Optional.of(partitions), Optional.<Short>empty())
                            .configs(settings));
        }
        for (Map.Entry<String, KafkaFuture<Void>> creation :
                admin.createTopics(missing).values().entrySet()) {
            try {
                get(creation.getValue(), "topic " + creation.getKey());
            } catch (KafkaSetupException e) {
                unless(TopicExistsException.class, e);
            }
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!missing(topics).isEmpty() && System.nanoTime() < deadline) {
            pause();
        }
        requireTopics(topics);
        requireLeaders(topics);
    }

    /** Asks the leader of each partition for its end, again until it answers. */
    private void requireLeaders(Collection<String> topics) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> described :
                admin.describeTopics(topics).topicNameValues().entrySet()) {
            String topic = described.getKey();
            for (TopicPartitionInfo info :
                    get(described.getValue(), "topic " + topic).partitions()) {
                ends.put(new TopicPartition(topic, info.partition()), OffsetSpec.latest());
            }
        }
        ListOffsetsResult answers = admin.listOffsets(ends);
        for (TopicPartition partition : ends.keySet()) {
            try {
                get(answers.partitionResult(partition), "topic " + partition.topic());
            } catch (KafkaSetupException e) {
                unless(TimeoutException.class, e);
                throw noLeader(partition, e.getCause());
            }
        }
    }

    private KafkaSetupException noLeader(TopicPartition partition, Throwable cause) {
        return new KafkaSetupException(
                ("partition %d of topic %s has no leader that answers within %d s on the Kafka at"
                                + " %s: nothing can be written to it or read. Check that the"
                                + " brokers that hold it run: kafka-topics.sh --bootstrap-server"
                                + " %s --describe --topic %s")
                        .formatted(
                                partition.partition(),
                                partition.topic(),
                                timeout.toSeconds(),
                                address,
                                address,
                                partition.topic()),
                cause);
    }

    /**
     * Requires that the brokers allow transactions to last that long. Passes if they do not report
     * it.
     *
     * @throws KafkaSetupException if they do not, or no broker answers in 10 s
     */
    public void requireTransactionTimeout(Duration transactionTimeout) {
        String allowed;
        try {
            allowed = brokerConfig().get(MAX_TRANSACTION_TIMEOUT).value();
        } catch (KafkaSetupException e) {
            unless(AuthorizationException.class, e);
            LOG.info("{} of the brokers may not be read, so it is not checked", address);
            return;
        }
        if (transactionTimeout.toMillis() > Long.parseLong(allowed)) {
            throw new KafkaSetupException(
                    ("%s is %d ms, but the Kafka at %s allows at most %s ms (%s). Lower the first,"
                                    + " or raise the second on the brokers")
                            .formatted(
                                    KafkaOptions.TRANSACTION_TIMEOUT.key(),
                                    transactionTimeout.toMillis(),
                                    address,
                                    allowed,
                                    MAX_TRANSACTION_TIMEOUT));
        }
    }

    /**
     * The number of a topic's partitions.
     *
     * @throws KafkaSetupException if there is no such topic, or no broker answers in 10 s
     */
    int partitions(String topic) {
        return describe(topic).partitions().size();
    }

    /**
     * The id of the broker that leads a partition.
     *
     * @throws KafkaSetupException if there is no such topic, or no broker answers in 10 s
     */
    public int leader(String topic, int partition) {
        return describe(topic).partitions().get(partition).leader().id();
    }

    /**
     * The id of a topic, another one for each topic that was made under its name.
     *
     * @throws KafkaSetupException if there is no such topic, or no broker answers in time
     */
    String topicId(String topic) {
        return describe(topic).topicId().toString();
    }

    private TopicDescription describe(String topic) {
        return get(
                admin.describeTopics(List.of(topic)).topicNameValues().get(topic),
                "topic " + topic);
    }

    /**
     * The settings of a topic.
     *
     * @return empty if the brokers do not tell
     * @throws KafkaSetupException if there is no such topic, or no broker answers in 10 s
     */
    Optional<Config> topicConfig(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            return Optional.of(
                    get(
                            admin.describeConfigs(List.of(resource)).values().get(resource),
                            "the settings of topic " + topic));
        } catch (KafkaSetupException e) {
            unless(AuthorizationException.class, e);
            return Optional.empty();
        }
    }

    /**
     * Replicas that a topic should have which must not be lost: 3, or one on each broker.
     *
     * @throws KafkaSetupException if no broker answers in 10 s
     */
    int replicas() {
        return Math.min(3, nodes().size());
    }

    private Collection<Node> nodes() {
        return get(admin.describeCluster().nodes(), "the cluster");
    }

    private Config brokerConfig() {
        String id = nodes().iterator().next().idString();
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, id);
        return get(admin.describeConfigs(List.of(broker)).values().get(broker), "its settings");
    }

    private List<String> missing(Collection<String> topics) {
        List<String> missing = new ArrayList<>();
        Map<String, KafkaFuture<TopicDescription>> descriptions =
                admin.describeTopics(topics).topicNameValues();
        for (String topic : topics) {
            try {
                get(descriptions.get(topic), "topic " + topic);
            } catch (KafkaSetupException e) {
                unless(UnknownTopicOrPartitionException.class, e);
                missing.add(topic);
            }
        }
        return missing;
    }

    /** Throws the failure on, unless it has this cause, which the caller deals with. */
    private static void unless(Class<? extends KafkaException> cause, KafkaSetupException failure) {
        if (!cause.isInstance(failure.getCause())) {
            throw failure;
        }
    }

    private <T> T get(KafkaFuture<T> future, String subject) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof AuthenticationException) {
                throw notLetIn(cause);
            }
            if (cause instanceof TimeoutException) {
                throw new KafkaSetupException(
                        ("no Kafka broker answers at %s within %d s. Check the bootstrap servers,"
                                        + " that the broker runs and advertises an address that can"
                                        + " be reached from here, and that security.protocol is"
                                        + " what it speaks")
                                .formatted(address, timeout.toSeconds()),
                        cause);
            }
            throw new KafkaSetupException(
                    "the Kafka at %s refused %s: %s"
                            .formatted(address, subject, cause.getMessage()),
                    cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaSetupException("interrupted while waiting for Kafka", e);
        }
    }

    private KafkaSetupException notLetIn(Throwable cause) {
        boolean tls = cause instanceof SslAuthenticationException;
        return new KafkaSetupException(
                "the Kafka at %s: %s: %s. Check %s among the properties of the Kafka client"
                        .formatted(
                                address,
                                tls ? "the TLS handshake failed" : "the login failed",
                                cause.getMessage(),
                                tls
                                        ? "ssl.truststore.* and ssl.keystore.*"
                                        : "sasl.mechanism, and user and password in"
                                                + " sasl.jaas.config,"),
                cause);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
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
