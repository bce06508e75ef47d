package io.rwkvtts.operator;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.synthesis.ChunkPlan;
import java.io.Serializable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How long segments may become, and how their tokens are cut into records.
 *
 * @param limits semantic tokens of a segment, where a request sets none; also the most that it may
 *     ask for
 * @param capByText whether a segment's tokens are also bounded by its text (spec 3.6)
 * @param chunks how tokens are cut into records
 */
public record GenerationSettings(GenerationLimits limits, boolean capByText, ChunkPlan chunks)
        implements Serializable {

    /** Upper bound of a segment. */
    public static final ConfigOption<Integer> MAX_SEMANTIC_TOKENS =
            ConfigOptions.key("tts.max-semantic-tokens")
                    .intType()
                    .defaultValue(GenerationLimits.MAX)
                    .withDescription(
                            "Most semantic tokens of a segment, 50 for a second of audio; also the"
                                    + " most that a request may ask for.");

    /** Lower bound of a segment. */
    public static final ConfigOption<Integer> MIN_SEMANTIC_TOKENS =
            ConfigOptions.key("tts.min-semantic-tokens")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "Fewest semantic tokens of a segment: the end of speech is forbidden"
                                    + " before.");

    /** Whether the text bounds a segment, too. */
    public static final ConfigOption<Boolean> CAP_BY_TEXT =
            ConfigOptions.key("tts.max-semantic-tokens.by-text")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription(
                            "Whether a segment is also cut off at the time that reading its text"
                                    + " could take at most (2 s, and 0.12 s a character, 0.6 s an"
                                    + " ideograph): a guard against a model that does not stop.");

    /** Guard against a voice that is stuck. */
    public static final ConfigOption<Integer> MAX_REPEATED_TOKENS =
            ConfigOptions.key("tts.max-repeated-tokens")
                    .intType()
                    .defaultValue(GenerationLimits.USUAL_MAX_REPEATED)
                    .withDescription(
                            "A segment is cut off when the same semantic token has come more often"
                                    + " than this in a row; 0 for never.");

    /** First chunk. */
    public static final ConfigOption<Integer> CHUNK_FIRST_TOKENS =
            ConfigOptions.key("tts.chunk.first-tokens")
                    .intType()
                    .defaultValue(10)
                    .withDescription(
                            "Semantic tokens of the first record of a segment, 20 ms each; up to "
                                    + GenerationLimits.MAX
                                    + ", as many as a segment can have.");

    /** Later chunks. */
    public static final ConfigOption<Integer> CHUNK_TOKENS =
            ConfigOptions.key("tts.chunk.tokens")
                    .intType()
                    .defaultValue(25)
                    .withDescription(
                            "Semantic tokens of the other records of a segment, 20 ms each; up to "
                                    + GenerationLimits.MAX
                                    + ".");

    /**
     * Reads the options.
     *
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    static GenerationSettings from(ReadableConfig config) {
        return new GenerationSettings(
                OptionChecks.named(
                        () ->
                                new GenerationLimits(
                                        config.get(MIN_SEMANTIC_TOKENS),
                                        config.get(MAX_SEMANTIC_TOKENS),
                                        config.get(MAX_REPEATED_TOKENS)),
                        MIN_SEMANTIC_TOKENS,
                        MAX_SEMANTIC_TOKENS,
                        MAX_REPEATED_TOKENS),
                config.get(CAP_BY_TEXT),
                new ChunkPlan(
                        OptionChecks.within(1, GenerationLimits.MAX, config, CHUNK_FIRST_TOKENS),
                        OptionChecks.within(1, GenerationLimits.MAX, config, CHUNK_TOKENS)));
    }
}
