package io.rwkvtts.job.kafka;

import java.util.Optional;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the job needs of its topics' settings: that none of them is compacted, and that the largest
 * records have room in those that are written.
 *
 * @param brokers where the topics are
 * @param settings names of the topics and properties of the producers
 */
public record TopicRequirements(KafkaAdmin brokers, KafkaSettings settings) {

    private static final Logger LOG = LoggerFactory.getLogger(TopicRequirements.class);

    /**
     * Checks the topics of requests, tokens and dead letters. The settings of one that may not be
     * read are not checked, with a warning.
     *
     * @param chunkTokens most tokens of a record
     * @throws KafkaSetupException if a topic or a property of the producers is not as needed; names
     *     it and has what to do
     */
    public void check(int chunkTokens) {
        checkWritten(
                settings.topics().tokens(),
                "a token record",
                AudioTokensSerializer.largestRecordBytes(chunkTokens));
        checkTopic(settings.topics().requests(), "", 0);
        checkTopic(
                settings.topics().deadLetters(),
                "a dead letter's head",
                DeadLetterSerializer.SMALLEST_BYTES);
    }

    /**
     * Checks the topic of sound in the same way.
     *
     * @param pcmBytes most bytes of samples in a record
     * @throws KafkaSetupException as {@link #check}
     */
    public void checkAudio(int pcmBytes) {
        checkWritten(
                settings.topics().audio(),
                "a record of sound",
                AudioChunkSerializer.largestRecordBytes(pcmBytes));
    }

    private void checkWritten(String topic, String what, long bytes) {
        requireProducerRoom(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, what, bytes);
        requireProducerRoom(ProducerConfig.BUFFER_MEMORY_CONFIG, what, bytes);
        checkTopic(topic, what, bytes);
    }

    private void checkTopic(String topic, String what, long bytes) {
        Optional<Config> config = brokers.topicConfig(topic);
        if (config.isEmpty()) {
            LOG.warn(
                    "The settings of topic {} may not be read, so they are not checked: its"
                            + " cleanup.policy must be delete, and its max.message.bytes at"
                            + " least {}",
                    topic,
                    bytes);
            return;
        }
        requireNoCompaction(topic, value(config.get(), TopicConfig.CLEANUP_POLICY_CONFIG));
        int limit = Integer.parseInt(value(config.get(), TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
        requireRoom(topic, limit, bytes, what);
    }

    private static String value(Config config, String name) {
        return config.get(name).value();
    }

    private void requireNoCompaction(String topic, String policy) {
        if (policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw new KafkaSetupException(
                    ("topic %s has cleanup.policy=%s: compaction keeps only the last of a request's"
                                    + " records, which have one key. Set it to delete: %s"
                                    + " cleanup.policy=delete")
                            .formatted(topic, policy, alter(topic)));
        }
    }

    private void requireRoom(String topic, int limit, long bytes, String what) {
        if (limit < bytes) {
            throw new KafkaSetupException(
                    ("topic %s has max.message.bytes=%d, but %s of this job can have %d bytes."
                                    + " Raise it: %s max.message.bytes=1048588")
                            .formatted(topic, limit, what, bytes, alter(topic)));
        }
    }

    private String alter(String topic) {
        return "kafka-configs.sh --bootstrap-server %s --alter --topic %s --add-config"
                .formatted(settings.bootstrapServers(), topic);
    }

    private void requireProducerRoom(String name, String what, long bytes) {
        String usual = ProducerConfig.configDef().defaultValues().get(name).toString();
        String value = settings.clientProperties().getOrDefault(name, usual);
        if (value.contains("${")) {
            // A reference, which each producer looks up where it runs.
            return;
        }
        long room;
        try {
            room = Long.parseLong(value.trim());
        } catch (NumberFormatException e) {
            throw new KafkaSetupException(
                    "%s is %s, expected a number of bytes"
                            .formatted(ClientProperties.place(name), value));
        }
        if (room < bytes) {
            throw new KafkaSetupException(
                    "%s is %s, but %s of this job can have %d bytes. Raise it"
                            .formatted(ClientProperties.place(name), value, what, bytes));
        }
    }
}
