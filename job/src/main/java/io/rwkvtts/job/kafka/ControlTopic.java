package io.rwkvtts.job.kafka;

import io.rwkvtts.operator.ControlLog;
import io.rwkvtts.operator.ControlPosition;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.TimestampType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic of changes of options. It has one partition, so that the changes have one order; it
 * keeps all records; and they have the time at which the broker wrote them, so that one that was
 * held up on its way is known for late.
 *
 * <p>It is not compacted: whether a value is taken depends on those before it, also on those that
 * were replaced later, and the last record of a key may be one that was refused. So a job that
 * reads what compaction has left may decide otherwise than one that has read all.
 *
 * @param name of the topic
 */
public record ControlTopic(String name) implements Serializable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlTopic.class);

    private static final String UNLIMITED = "-1";

    private static final Map<String, String> SETTINGS =
            new TreeMap<>(
                    Map.of(
                            TopicConfig.CLEANUP_POLICY_CONFIG,
                            TopicConfig.CLEANUP_POLICY_DELETE,
                            TopicConfig.RETENTION_MS_CONFIG,
                            UNLIMITED,
                            TopicConfig.RETENTION_BYTES_CONFIG,
                            UNLIMITED,
                            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                            TimestampType.LOG_APPEND_TIME.name));

    /**
     * Makes the topic if it does not exist.
     *
     * @throws KafkaSetupException if that is not possible, or no broker answers in 10 s
     */
    public void create(KafkaAdmin brokers) {
        brokers.createTopics(List.of(name), 1, SETTINGS);
    }

    /**
     * Requires that the topic exists and is as it has to be.
     *
     * @throws KafkaSetupException if not; has what to do
     */
    public void require(KafkaAdmin brokers) {
        int partitions;
        try {
            partitions = brokers.partitions(name);
        } catch (KafkaSetupException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
            throw new KafkaSetupException(
                    "topic %s (%s) does not exist. Create it: %s"
                            .formatted(name, KafkaOptions.CONTROL_TOPIC.key(), creation(brokers)),
                    e);
        }
        List<String> faults = new ArrayList<>();
        if (partitions != 1) {
            faults.add("%d partitions, expected 1".formatted(partitions));
        }
        Optional<Config> config = brokers.topicConfig(name);
        if (config.isEmpty()) {
            LOG.warn("The settings of topic {} may not be read, expected {}", name, SETTINGS);
        }
        SETTINGS.forEach(
                (key, expected) -> {
                    String value = config.map(c -> c.get(key).value()).orElse(expected);
                    if (!value.equals(expected)) {
                        faults.add("%s=%s, expected %s".formatted(key, value, expected));
                    }
                });
        if (!faults.isEmpty()) {
            throw new KafkaSetupException(
                    "topic %s (%s) has %s. Create it again: %s"
                            .formatted(
                                    name,
                                    KafkaOptions.CONTROL_TOPIC.key(),
                                    String.join("; ", faults),
                                    creation(brokers)));
        }
    }

    /**
     * The topic's records, read by a client of these properties.
     *
     * @param position where to begin; at the beginning if it is of another topic
     */
    public ControlLog open(Properties clientProperties, ControlPosition position) {
        return new KafkaControlLog(clientProperties, name, position);
    }

    private String creation(KafkaAdmin brokers) {
        StringBuilder command =
                new StringBuilder(
                        "kafka-topics.sh --create --partitions 1 --replication-factor %d --topic %s"
                                .formatted(brokers.replicas(), name));
        SETTINGS.forEach((key, value) -> command.append(" --config ").append(key + "=" + value));
        return command.toString();
    }
}
