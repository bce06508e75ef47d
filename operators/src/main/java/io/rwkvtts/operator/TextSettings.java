package io.rwkvtts.operator;

import io.rwkvtts.text.Segmenter;
import java.io.Serializable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How long texts may be, and how they are cut.
 *
 * @param maxChars most characters of a request's text
 * @param minUnits shorter sentences are joined with the next, see {@link Segmenter}
 * @param maxUnits longer sentences are cut, see {@link Segmenter}
 */
public record TextSettings(int maxChars, int minUnits, int maxUnits) implements Serializable {

    /** Longest text. */
    public static final ConfigOption<Integer> MAX_CHARS =
            ConfigOptions.key("tts.text.max-chars")
                    .intType()
                    .defaultValue(10_000)
                    .withDescription(
                            "Most characters of the text of a request, all events together.");

    /** Shortest segment before another sentence joins it. */
    public static final ConfigOption<Integer> SEGMENT_MIN_UNITS =
            ConfigOptions.key("tts.segment.min-units")
                    .intType()
                    .defaultValue(Segmenter.DEFAULT_MIN_UNITS)
                    .withDescription(
                            "A sentence shorter than this is joined with the next; 1 for a letter,"
                                    + " 4 for a Han, kana or Hangul character.");

    /** Longest segment. */
    public static final ConfigOption<Integer> SEGMENT_MAX_UNITS =
            ConfigOptions.key("tts.segment.max-units")
                    .intType()
                    .defaultValue(Segmenter.DEFAULT_MAX_UNITS)
                    .withDescription(
                            "A sentence longer than this is cut. Must not change while requests are"
                                    + " in flight: a replay would cut differently.");

    /**
     * Reads the options.
     *
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    static TextSettings from(ReadableConfig config) {
        TextSettings settings =
                new TextSettings(
                        OptionChecks.atLeast(1, config, MAX_CHARS),
                        config.get(SEGMENT_MIN_UNITS),
                        config.get(SEGMENT_MAX_UNITS));
        // Refuse what cannot work here, where a person waits for the answer.
        OptionChecks.named(settings::segmenter, SEGMENT_MIN_UNITS, SEGMENT_MAX_UNITS);
        return settings;
    }

    /** Cuts the texts of requests into segments. */
    Segmenter segmenter() {
        return new Segmenter(minUnits, maxUnits);
    }
}
