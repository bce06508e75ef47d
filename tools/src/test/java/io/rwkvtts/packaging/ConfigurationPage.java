package io.rwkvtts.packaging;

import io.rwkvtts.job.FlinkDefaults;
import io.rwkvtts.job.OptionKeys;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;

/** The page {@code docs/configuration.md}, written from the classes that declare the options. */
final class ConfigurationPage {

    private static final String INTRODUCTION =
            """
            <!-- Written by GeneratedPagesTest from the classes in OptionKeys and from FlinkDefaults. Change those. -->
            # Configuration

            All options are options of Flink. They can be set, the first found wins:

            1. on the command line of `tts run`, `tts demo` or `flink run`: `-D tts.slots=16`, or an option of its own such as `--model`;
            2. on a cluster, in Flink's `conf/config.yaml`.

            Durations read `10 min`, `5 s`, `500 ms`. An option without a default is not set.
            """;

    private ConfigurationPage() {}

    /** The whole page. */
    static String text() throws IllegalAccessException {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (Map.Entry<String, List<Class<?>>> group : OptionKeys.classes().entrySet()) {
            page.append("\n## %s\n\n".formatted(group.getKey()))
                    .append("| key | type | default | meaning |\n|---|---|---|---|\n");
            for (Class<?> options : group.getValue()) {
                page.append(rows(options));
            }
        }
        return page
                + "\n## Values of Flink's own options\n\n"
                + "Set by the job where neither the command line nor the cluster sets another.\n\n"
                + flinkDefaults();
    }

    private static String rows(Class<?> options) throws IllegalAccessException {
        StringBuilder table = new StringBuilder();
        for (Field field : options.getDeclaredFields()) {
            if (field.getType() == ConfigOption.class) {
                ConfigOption<?> option = (ConfigOption<?>) field.get(null);
                table.append(
                        "| `%s` | %s | %s | %s |\n"
                                .formatted(
                                        option.key(),
                                        type(field),
                                        value(option),
                                        new HtmlFormatter()
                                                .format(option.description())
                                                .replace("|", "\\|")));
            }
        }
        return table.toString();
    }

    private static String type(Field field) {
        Type type = ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0];
        if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
            return "map";
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isEnum()) {
            return Arrays.stream(plain.getEnumConstants())
                    .map(constant -> "`" + lowerCase(constant) + "`")
                    .collect(Collectors.joining(", "));
        }
        return lowerCase(plain.getSimpleName());
    }

    /** Flink takes values of enums in any case. */
    private static String lowerCase(Object value) {
        return value.toString().toLowerCase(Locale.ROOT);
    }

    private static String value(ConfigOption<?> option) {
        if (!option.hasDefaultValue()) {
            return "";
        }
        Object value = option.defaultValue();
        if (value instanceof Map<?, ?> map && map.isEmpty()) {
            return "empty";
        }
        if (value instanceof Duration duration) {
            return "`" + TimeUtils.formatWithHighestUnit(duration) + "`";
        }
        return "`" + (value instanceof Enum ? lowerCase(value) : value) + "`";
    }

    private static String flinkDefaults() {
        StringBuilder table = new StringBuilder("| key | value |\n|---|---|\n");
        new TreeMap<>(FlinkDefaults.options().toMap())
                .forEach((key, value) -> table.append("| `%s` | `%s` |\n".formatted(key, value)));
        return table.toString();
    }
}
