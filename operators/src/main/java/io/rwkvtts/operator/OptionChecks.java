package io.rwkvtts.operator;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** Refuses values of options that cannot work, by the option's name. */
public final class OptionChecks {

    private OptionChecks() {}

    /**
     * The value of an option.
     *
     * @throws IllegalArgumentException if it is below {@code least}
     */
    public static int atLeast(int least, ReadableConfig config, ConfigOption<Integer> option) {
        int value = config.get(option);
        if (value < least) {
            throw new IllegalArgumentException(
                    "%s is %d, expected at least %d".formatted(option.key(), value, least));
        }
        return value;
    }

    /**
     * The value of an option.
     *
     * @throws IllegalArgumentException if it is below {@code least} or above {@code most}
     */
    static int within(int least, int most, ReadableConfig config, ConfigOption<Integer> option) {
        int value = atLeast(least, config, option);
        if (value > most) {
            throw new IllegalArgumentException(
                    "%s is %d, expected at most %d".formatted(option.key(), value, most));
        }
        return value;
    }

    /**
     * The value of an option.
     *
     * @throws IllegalArgumentException if it is blank
     */
    public static String notBlank(ReadableConfig config, ConfigOption<String> option) {
        String value = config.get(option);
        if (value.isBlank()) {
            throw new IllegalArgumentException(option.key() + " is blank");
        }
        return value;
    }

    /**
     * The value of an option.
     *
     * @throws IllegalArgumentException if it is not longer than 0
     */
    static Duration positive(ReadableConfig config, ConfigOption<Duration> option) {
        Duration value = config.get(option);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    "%s is %s, expected longer than 0".formatted(option.key(), value));
        }
        return value;
    }

    /**
     * What options make together.
     *
     * @throws IllegalArgumentException as {@code value} throws it, with the names of the options
     */
    static <T> T named(Supplier<T> value, ConfigOption<?>... options) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            String keys =
                    Arrays.stream(options).map(ConfigOption::key).collect(Collectors.joining(", "));
            throw new IllegalArgumentException(keys + ": " + e.getMessage(), e);
        }
    }
}
