package io.rwkvtts.job.kafka;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The topics that the job reads and writes.
 *
 * @param requests text events
 * @param tokens audio tokens
 * @param audio sound, if the job makes any
 * @param deadLetters what cannot be served
 * @param control changes of options; null if none are taken
 */
public record KafkaTopics(
        String requests, String tokens, String audio, String deadLetters, String control) {

    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    /**
     * Reads the options.
     *
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    static KafkaTopics from(ReadableConfig config) {
        KafkaTopics topics =
                new KafkaTopics(
                        topic(config, KafkaOptions.REQUESTS_TOPIC),
                        topic(config, KafkaOptions.TOKENS_TOPIC),
                        topic(config, KafkaOptions.AUDIO_TOPIC),
                        topic(config, KafkaOptions.DEAD_LETTERS_TOPIC),
                        config.get(KafkaOptions.CONTROL_TOPIC) == null
                                ? null
                                : topic(config, KafkaOptions.CONTROL_TOPIC));
        List<String> names = topics.names(true);
        if (Set.copyOf(names).size() < names.size()) {
            throw new IllegalArgumentException(
                    "%s, %s, %s and %s are %s; expected four different topics"
                            .formatted(
                                    KafkaOptions.REQUESTS_TOPIC.key(),
                                    KafkaOptions.TOKENS_TOPIC.key(),
                                    KafkaOptions.AUDIO_TOPIC.key(),
                                    KafkaOptions.DEAD_LETTERS_TOPIC.key(),
                                    String.join(", ", names)));
        }
        if (topics.control() != null && names.contains(topics.control())) {
            throw new IllegalArgumentException(
                    "%s is %s, as is another of the job's topics; expected one of its own"
                            .formatted(KafkaOptions.CONTROL_TOPIC.key(), topics.control()));
        }
        return topics;
    }

    private static String topic(ReadableConfig config, ConfigOption<String> option) {
        String topic = config.get(option);
        if (!TOPIC.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
            throw new IllegalArgumentException(
                    ("%s is '%s'; expected the name of a topic: 1 to 249 of the characters a-z, A-Z,"
                                    + " 0-9, '.', '_' and '-'")
                            .formatted(option.key(), topic));
        }
        return topic;
    }

    /** Those of a job that makes sound, or of one that does not, but for {@code control}. */
    public List<String> names(boolean withAudio) {
        return withAudio
                ? List.of(requests, tokens, audio, deadLetters)
                : List.of(requests, tokens, deadLetters);
    }
}
