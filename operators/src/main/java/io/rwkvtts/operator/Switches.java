package io.rwkvtts.operator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;

/**
 * Which options may change while the job runs, and how: the one place that says so. A value is
 * checked by the class that reads the option at the start of a job.
 */
public final class Switches {

    /** When a change counts. */
    public enum Effect {
        /**
         * For requests whose own timestamps are not before the change's: it is part of what they
         * emit, so a replay has to decide as before, whatever it has read by then.
         */
        FROM_TIMESTAMP,
        /** For all requests when the change is read: it shapes only who is served when. */
        ON_ARRIVAL
    }

    /**
     * An option that may change.
     *
     * @param reader reads it as at the start of a job, and refuses what cannot work
     */
    private record Switch(Effect effect, ConfigOption<?> option, Consumer<ReadableConfig> reader) {}

    private static final Map<String, Switch> SWITCHES = new LinkedHashMap<>();

    /** Why other options may not change, by how their keys begin; the first that fits. */
    private static final Map<String, String> REASONS = new LinkedHashMap<>();

    static {
        declare(
                Effect.FROM_TIMESTAMP,
                GenerationSettings::from,
                GenerationSettings.CHUNK_FIRST_TOKENS,
                GenerationSettings.CHUNK_TOKENS,
                GenerationSettings.MAX_SEMANTIC_TOKENS,
                GenerationSettings.MIN_SEMANTIC_TOKENS,
                GenerationSettings.CAP_BY_TEXT,
                GenerationSettings.MAX_REPEATED_TOKENS);
        // What it has to hold depends on the model.
        declare(
                Effect.ON_ARRIVAL,
                config -> config.get(PrefillSettings.PREFIX_CACHE_SIZE),
                PrefillSettings.PREFIX_CACHE_SIZE);
        declare(
                Effect.ON_ARRIVAL,
                QueueSettings::from,
                QueueSettings.CAPACITY,
                QueueSettings.WHEN_FULL,
                QueueSettings.TENANT_REQUESTS_PER_SECOND,
                QueueSettings.TENANT_BURST,
                QueueSettings.TENANT_QUEUE_CAPACITY);
        declare(Effect.ON_ARRIVAL, LogSettings::level, LogSettings.LEVEL);
        REASONS.put("tts.segment.", "a replay would cut the texts of running requests elsewhere");
        REASONS.put("tts.text.", "events are checked by it before their request is known");
        REASONS.put(
                SynthesisSettings.VOICES.key(), "the segments of a request would have two voices");
        REASONS.put("tts.audio.", "the sound of running requests would change in the middle");
        REASONS.put("tts.kafka.", "the job's ends in Kafka are opened with it");
        REASONS.put("tts.engine.", "the engines are opened with it");
        REASONS.put("tts.cuda.", "the engines are opened with it");
        REASONS.put("", "it is read when the job starts, and what runs rests on it");
    }

    private Switches() {}

    private static void declare(
            Effect effect, Consumer<ReadableConfig> reader, ConfigOption<?>... options) {
        for (ConfigOption<?> option : options) {
            SWITCHES.put(option.key(), new Switch(effect, option, reader));
        }
    }

    /** Keys of the options that may change, by the order of their declaration. */
    public static List<String> keys() {
        return List.copyOf(SWITCHES.keySet());
    }

    /**
     * When a change of an option counts.
     *
     * @throws IllegalArgumentException if it may not change; says why
     */
    public static Effect effect(String key) {
        return switchOf(key).effect();
    }

    private static Switch switchOf(String key) {
        Switch found = SWITCHES.get(key);
        if (found == null) {
            String reason =
                    REASONS.entrySet().stream()
                            .filter(entry -> key.startsWith(entry.getKey()))
                            .findFirst()
                            .orElseThrow()
                            .getValue();
            throw new IllegalArgumentException(
                    "%s may not change while the job runs: %s. Those that may: %s"
                            .formatted(key, reason, String.join(", ", SWITCHES.keySet())));
        }
        return found;
    }

    /**
     * Requires that a text can be read as a value of an option.
     *
     * @throws IllegalArgumentException if the option may not change, or the text is no value of its
     *     type; names the option
     */
    public static void checkValue(String key, String value) {
        only(key, value).get(switchOf(key).option());
    }

    /**
     * Requires that a value can work in some job; whether it fits the values of others shows where
     * those are known.
     *
     * @throws IllegalArgumentException if not; names the option
     */
    static void requirePossible(String key, String value) {
        switchOf(key).reader().accept(only(key, value));
    }

    private static Configuration only(String key, String value) {
        return Configuration.fromMap(Map.of(key, value));
    }
}
