package io.rwkvtts.operator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

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

    private static final Map<String, Effect> EFFECTS = new LinkedHashMap<>();
    private static final Map<String, ConfigOption<?>> OPTIONS = new LinkedHashMap<>();

    /** Why other options may not change, by how their keys begin; the first that fits. */
    private static final Map<String, String> REASONS = new LinkedHashMap<>();

    static {
        declare(
                Effect.FROM_TIMESTAMP,
                GenerationSettings.CHUNK_FIRST_TOKENS,
                GenerationSettings.CHUNK_TOKENS,
                GenerationSettings.MAX_SEMANTIC_TOKENS,
                GenerationSettings.MIN_SEMANTIC_TOKENS,
                GenerationSettings.CAP_BY_TEXT,
                GenerationSettings.MAX_REPEATED_TOKENS);
        declare(
                Effect.ON_ARRIVAL,
                PrefillSettings.PREFIX_CACHE_SIZE,
                QueueSettings.CAPACITY,
                QueueSettings.WHEN_FULL,
                QueueSettings.TENANT_REQUESTS_PER_SECOND,
                QueueSettings.TENANT_BURST,
                QueueSettings.TENANT_QUEUE_CAPACITY,
                LogSettings.LEVEL);
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

    private static void declare(Effect effect, ConfigOption<?>... options) {
        for (ConfigOption<?> option : options) {
            EFFECTS.put(option.key(), effect);
            OPTIONS.put(option.key(), option);
        }
    }

    /** Keys of the options that may change, by the order of their declaration. */
    public static List<String> keys() {
        return List.copyOf(EFFECTS.keySet());
    }

    /**
     * When a change of an option counts.
     *
     * @throws IllegalArgumentException if it may not change; says why
     */
    public static Effect effect(String key) {
        Effect effect = EFFECTS.get(key);
        if (effect == null) {
            String reason =
                    REASONS.entrySet().stream()
                            .filter(entry -> key.startsWith(entry.getKey()))
                            .findFirst()
                            .orElseThrow()
                            .getValue();
            throw new IllegalArgumentException(
                    "%s may not change while the job runs: %s. Those that may: %s"
                            .formatted(key, reason, String.join(", ", EFFECTS.keySet())));
        }
        return effect;
    }

    /**
     * Checks a value by itself; whether it fits the others shows where those are known.
     *
     * @throws IllegalArgumentException if the option may not change, or the text is no value of its
     *     type; names the option
     */
    public static void checkValue(String key, String value) {
        effect(key);
        Configuration.fromMap(Map.of(key, value)).get(OPTIONS.get(key));
    }
}
