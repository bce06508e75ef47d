package io.rwkvtts.operator;

import io.rwkvtts.protocol.GenerationLimits;
import java.io.Serializable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * What new requests get less of when a subtask has more to do than it can. Off unless a threshold
 * is set.
 *
 * @param queueLength requests that wait for a slot from which on the subtask is loaded, {@link
 *     #OFF} for any number
 * @param firstChunkMissed share of first chunks that miss their objective from which on it is
 *     loaded, 0 to 1; {@link #OFF} for any share
 * @param maxSemanticTokens most tokens of a segment of a request that comes under load, {@link
 *     #OFF} for as many as ever
 * @param priorityDrop by how much its priority is lowered
 * @param overloadedQueueLength requests that wait for a slot from which on new ones are turned
 *     away, {@link #OFF} for any number
 */
public record DegradeSettings(
        int queueLength,
        double firstChunkMissed,
        int maxSemanticTokens,
        int priorityDrop,
        int overloadedQueueLength)
        implements Serializable {

    /** Not set. */
    public static final int OFF = 0;

    /** When the queue makes a subtask loaded. */
    public static final ConfigOption<Integer> QUEUE_LENGTH =
            ConfigOptions.key("tts.degrade.queue-length")
                    .intType()
                    .defaultValue(OFF)
                    .withDescription(
                            "A subtask is loaded while that many requests wait for a slot in it: new"
                                    + " requests then get tts.degrade.max-semantic-tokens and"
                                    + " tts.degrade.priority-drop. 0 for never.");

    /** When late first chunks make a subtask loaded. */
    public static final ConfigOption<Double> FIRST_CHUNK_MISSED =
            ConfigOptions.key("tts.degrade.first-chunk-missed")
                    .doubleType()
                    .defaultValue((double) OFF)
                    .withDescription(
                            "A subtask is loaded, too, while at least this share, up to 1, of its"
                                    + " latest 100 first chunks came later than"
                                    + " tts.objective.first-chunk; of the last minute, and of 20 at"
                                    + " least. 0 for never.");

    /** Length under load. */
    public static final ConfigOption<Integer> MAX_SEMANTIC_TOKENS =
            ConfigOptions.key("tts.degrade.max-semantic-tokens")
                    .intType()
                    .defaultValue(OFF)
                    .withDescription(
                            "Most semantic tokens of a segment of a request that comes while its"
                                    + " subtask is loaded; it keeps this limit to its end. 0 for no"
                                    + " other limit than ever.");

    /** Priority under load. */
    public static final ConfigOption<Integer> PRIORITY_DROP =
            ConfigOptions.key("tts.degrade.priority-drop")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "By how much the priority of a request is lowered that comes while its"
                                    + " subtask is loaded.");

    /** When new requests are turned away. */
    public static final ConfigOption<Integer> OVERLOADED_QUEUE_LENGTH =
            ConfigOptions.key("tts.degrade.overloaded-queue-length")
                    .intType()
                    .defaultValue(OFF)
                    .withDescription(
                            "While that many requests wait for a slot in a subtask, new ones end as"
                                    + " 'overloaded', whatever tts.queue.when-full says. 0 for never.");

    /** Largest step down in priority. */
    private static final int MOST_DROP = 1_000_000;

    /**
     * Reads the options.
     *
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    static DegradeSettings from(ReadableConfig config) {
        DegradeSettings settings =
                new DegradeSettings(
                        OptionChecks.atLeast(OFF, config, QUEUE_LENGTH),
                        config.get(FIRST_CHUNK_MISSED),
                        OptionChecks.within(OFF, GenerationLimits.MAX, config, MAX_SEMANTIC_TOKENS),
                        OptionChecks.within(0, MOST_DROP, config, PRIORITY_DROP),
                        OptionChecks.atLeast(OFF, config, OVERLOADED_QUEUE_LENGTH));
        if (!(settings.firstChunkMissed >= 0 && settings.firstChunkMissed <= 1)) {
            throw new IllegalArgumentException(
                    "%s is %s, expected 0 to 1"
                            .formatted(FIRST_CHUNK_MISSED.key(), settings.firstChunkMissed));
        }
        if (settings.hasThreshold() != settings.hasEffect()) {
            throw new IllegalArgumentException(
                    "expected one of %s, %s and one of %s, %s, or none of them"
                            .formatted(
                                    QUEUE_LENGTH.key(),
                                    FIRST_CHUNK_MISSED.key(),
                                    MAX_SEMANTIC_TOKENS.key(),
                                    PRIORITY_DROP.key()));
        }
        return settings;
    }

    private boolean hasThreshold() {
        return queueLength != OFF || firstChunkMissed != OFF;
    }

    /** Whether requests that come under load get less of anything. */
    boolean hasEffect() {
        return maxSemanticTokens != OFF || priorityDrop != 0;
    }

    /** Whether anything ever gets less. */
    boolean isOn() {
        return hasThreshold() || overloadedQueueLength != OFF;
    }
}
