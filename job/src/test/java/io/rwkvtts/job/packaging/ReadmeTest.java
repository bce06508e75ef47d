package io.rwkvtts.job.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.job.SynthesisOptions;
import io.rwkvtts.job.cli.Tts;
import io.rwkvtts.job.kafka.KafkaOptions;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Holds what {@code README.md} names to what there is. */
class ReadmeTest {

    private static String readme;

    @BeforeAll
    static void read() throws IOException {
        readme = Files.readString(ProjectFiles.root().resolve("README.md"));
    }

    @Test
    void testLinksLeadToFiles() {
        assertThat(found("]\\((?!http)([^)#]+)\\)"))
                .isNotEmpty()
                .allSatisfy(link -> assertThat(ProjectFiles.root().resolve(link)).exists());
    }

    @Test
    void testNamedOptionsExist() throws IllegalAccessException {
        Set<String> keys = new HashSet<>();
        for (Class<?> options : List.of(SynthesisOptions.class, KafkaOptions.class)) {
            for (Field field : options.getDeclaredFields()) {
                if (field.getType() == ConfigOption.class) {
                    keys.add(((ConfigOption<?>) field.get(null)).key());
                }
            }
        }

        assertThat(found("\\b(tts\\.[a-z.-]*[a-z])\\b(?!\\.\\*)")).isNotEmpty().isSubsetOf(keys);
    }

    @Test
    void testShownCommandsExistWithTheirOptions() {
        for (MatchResult command :
                matches("(?m)\\./tts ([a-z-]+(?: [a-z]+\\b)?)((?: .*\\\\\\n)*.*)$")) {
            CommandLine line = Tts.commandLine();
            for (String word : command.group(1).split(" ")) {
                line = line.getSubcommands().getOrDefault(word, line);
            }
            assertThat(line.getParent()).as(command.group()).isNotNull();
            CommandSpec spec = line.getCommandSpec();
            assertThat(Pattern.compile("--[a-z-]+").matcher(command.group(2)).results())
                    .as(command.group())
                    .allMatch(option -> spec.findOption(option.group()) != null);
        }
    }

    private static List<String> found(String pattern) {
        return matches(pattern).stream().map(match -> match.group(1)).toList();
    }

    private static List<MatchResult> matches(String pattern) {
        return Pattern.compile(pattern).matcher(readme).results().toList();
    }
}
