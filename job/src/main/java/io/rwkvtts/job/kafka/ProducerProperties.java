package io.rwkvtts.job.kafka;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Properties of the job's producers. A record that is given up while later ones of its partition
 * are written leaves a gap in a request, so by default none is: a producer tries until the broker
 * has taken the record or the task ends, whatever the outage.
 *
 * <p>{@code max.block.ms} stays as it is. It bounds how long the task waits in {@code send} for
 * room in the buffer or for the partitions of a topic; when it is over, the task fails before it
 * has sent anything else, and restarts from its checkpoint. That leaves no gap.
 */
final class ProducerProperties {

    private static final Logger LOG = LoggerFactory.getLogger(ProducerProperties.class);

    /** Kafka's largest, 24 days. */
    private static final int WITHOUT_END = Integer.MAX_VALUE;

    /** Most batches on their way for which a broker keeps their order. */
    private static final int MOST_IN_FLIGHT = 5;

    private ProducerProperties() {}

    /**
     * A new object with the properties that the delivery rests on added to those of the clients.
     */
    static Properties of(Properties clients) {
        Properties properties = new Properties();
        properties.putAll(clients);
        properties.setProperty(ProducerConfig.ACKS_CONFIG, "all");
        properties.setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.setProperty(ProducerConfig.RETRIES_CONFIG, Integer.toString(Integer.MAX_VALUE));
        properties.putIfAbsent(
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                Integer.toString(MOST_IN_FLIGHT));
        properties.putIfAbsent(
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.toString(WITHOUT_END));
        return properties;
    }

    /**
     * Requires that no property of the clients takes away what the delivery rests on.
     *
     * @throws IllegalArgumentException if one does; names it, its value and what is allowed
     */
    static void check(Map<String, String> properties) {
        requireOneOf(
                properties,
                ProducerConfig.ACKS_CONFIG,
                "a record that only one broker has is lost with it",
                "all",
                "-1");
        requireOneOf(
                properties,
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                "records could be written twice or out of order",
                "true");
        requireOneOf(
                properties,
                ProducerConfig.RETRIES_CONFIG,
                "a record that is given up is missing between the others of its request",
                Integer.toString(Integer.MAX_VALUE));
        requireOneOf(
                properties,
                ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG,
                "the records of a request must be in one partition",
                "false");
        requireByKey(properties.get(ProducerConfig.PARTITIONER_CLASS_CONFIG));
        requireNumber(properties, ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
        requireNumber(properties, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, WITHOUT_END);
    }

    private static void requireOneOf(
            Map<String, String> properties, String name, String why, String... allowed) {
        String value = properties.get(name);
        if (value == null) {
            return;
        }
        for (String one : allowed) {
            if (one.equalsIgnoreCase(value.trim())) {
                return;
            }
        }
        throw new IllegalArgumentException(
                "%s is %s; expected %s, since %s. Remove it"
                        .formatted(ClientProperties.place(name), value, allowed[0], why));
    }

    /** Of a partitioner that is not Kafka's own nobody can tell. */
    private static void requireByKey(String partitioner) {
        if (RoundRobinPartitioner.class.getName().equals(partitioner)) {
            throw new IllegalArgumentException(
                    "%s is %s; expected a partitioner that goes by the key, since the records of a request must be in one partition. Remove it"
                            .formatted(
                                    ClientProperties.place(ProducerConfig.PARTITIONER_CLASS_CONFIG),
                                    partitioner));
        }
    }

    private static void requireNumber(Map<String, String> properties, String name, int most) {
        String value = properties.get(name);
        if (value == null) {
            return;
        }
        try {
            int number = Integer.parseInt(value.trim());
            if (number >= 1 && number <= most) {
                return;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new IllegalArgumentException(
                "%s is %s; expected 1 to %d".formatted(ClientProperties.place(name), value, most));
    }

    /** Logs what a delivery timeout costs, if one is set. */
    static void warnOfTimeout(Map<String, String> properties) {
        String timeout = properties.get(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG);
        if (timeout != null && Integer.parseInt(timeout.trim()) < WITHOUT_END) {
            LOG.warn(
                    "{} is {}: a record that Kafka has not taken after these milliseconds is given"
                            + " up, though later records of its request may be written. The job"
                            + " then restarts from its last checkpoint and writes it again; until"
                            + " then consumers wait at the gap. Remove the property, and records"
                            + " wait for the broker however long it is away",
                    ClientProperties.place(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG),
                    timeout);
        }
    }
}
