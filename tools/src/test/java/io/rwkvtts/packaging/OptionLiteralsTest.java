package io.rwkvtts.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.job.OptionKeys;
import io.rwkvtts.job.kafka.KafkaOptions;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key is spelled where its option is declared, so that the compiler finds all its uses. */
class OptionLiteralsTest {

    private static final Pattern LITERAL = Pattern.compile("\"(?:[^\"\\\\\n]|\\\\.)*\"");
    private static final Pattern KEY = Pattern.compile("\\btts\\.[a-z][a-z-]*(?:\\.[a-z][a-z-]*)+");
    private static final Pattern DECLARATION = Pattern.compile("ConfigOptions\\.key\\(\\s*$");

    /** Where Kafka's clients have properties of their own. */
    private static final String CLIENT_PROPERTIES = KafkaOptions.CLIENT_PROPERTIES.key() + ".";

    private static Set<String> keys() throws IllegalAccessException {
        Set<String> keys = new TreeSet<>();
        for (List<Class<?>> group : OptionKeys.classes().values()) {
            for (Class<?> options : group) {
                for (Field field : options.getFields()) {
                    if (field.getType() == ConfigOption.class) {
                        keys.add(((ConfigOption<?>) field.get(null)).key());
                    }
                }
            }
        }
        return keys;
    }

    private static List<Path> sources(String module) throws IOException {
        try (Stream<Path> files = Files.walk(ProjectFiles.root().resolve(module + "/src/main"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    /** And every option is known to {@link OptionKeys}, and so to the page. */
    @ParameterizedTest
    @ValueSource(strings = {"operators", "job", "client"})
    void testKeysAreSpelledInTheirOptionsOnly(String module) throws Exception {
        Set<String> known = keys();
        List<String> elsewhere = new ArrayList<>();
        Set<String> declared = new TreeSet<>();
        for (Path file : sources(module)) {
            String source = Files.readString(file);
            for (Matcher literal = LITERAL.matcher(source); literal.find(); ) {
                String text = literal.group().substring(1, literal.group().length() - 1);
                if (DECLARATION.matcher(source.substring(0, literal.start())).find()) {
                    declared.add(text);
                } else if (known.contains(text)) {
                    elsewhere.add(file.getFileName() + ": " + text);
                }
            }
        }
        assertThat(elsewhere).isEmpty();
        assertThat(known).containsAll(declared);
        assertThat(declared.isEmpty()).isEqualTo(module.equals("client"));
    }

    /** What messages and help texts name would else outlive a rename. */
    @ParameterizedTest
    @ValueSource(strings = {"operators", "job", "client", "tools"})
    void testMessagesNameOptionsThatExist(String module) throws Exception {
        Set<String> known = keys();
        List<String> unknown = new ArrayList<>();
        for (Path file : sources(module)) {
            for (Matcher literal = LITERAL.matcher(Files.readString(file)); literal.find(); ) {
                for (Matcher key = KEY.matcher(literal.group()); key.find(); ) {
                    if (!known.contains(key.group())
                            && !key.group().startsWith(CLIENT_PROPERTIES)) {
                        unknown.add(file.getFileName() + ": " + key.group());
                    }
                }
            }
        }
        assertThat(unknown).isEmpty();
    }
}
