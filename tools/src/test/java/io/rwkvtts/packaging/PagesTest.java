package io.rwkvtts.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.cli.Tts;
import io.rwkvtts.job.SynthesisOptions;
import io.rwkvtts.job.kafka.KafkaOptions;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Holds what the pages written by hand name to what there is. */
class PagesTest {

    /** Paths of the pages, from the root of the project. */
    static List<String> pages() {
        return List.of("README.md", "docs/guarantees.md", "docs/performance.md");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void testLinksLeadToFiles(String page) throws IOException {
        Path directory = ProjectFiles.root().resolve(page).getParent();
        assertThat(found(page, "]\\((?!http|#)([^)#]+)[^)]*\\)"))
                .isNotEmpty()
                .allSatisfy(link -> assertThat(directory.resolve(link)).exists());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void testNamedOptionsExist(String page) throws Exception {
        Set<String> keys = new HashSet<>();
        for (Class<?> options : List.of(SynthesisOptions.class, KafkaOptions.class)) {
            for (Field field : options.getDeclaredFields()) {
                if (field.getType() == ConfigOption.class) {
                    keys.add(((ConfigOption<?>) field.get(null)).key());
                }
            }
        }

        assertThat(found(page, "\\b(tts\\.[a-z.-]*[a-z])\\b(?!\\.\\*)"))
                .isNotEmpty()
                .isSubsetOf(keys);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void testShownCommandsExistWithTheirOptions(String page) throws IOException {
        for (MatchResult command :
                matches(
                        page,
                        "(?m)\\./tts ([a-z-]+(?: [a-z]+\\b)?)((?: [^`\\n]*\\\\\\n)*[^`\\n]*)")) {
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

    @ParameterizedTest
    @MethodSource("pages")
    void testNamedTestsExist(String page) throws IOException {
        Set<String> tests;
        try (Stream<Path> files = Files.walk(ProjectFiles.root())) {
            tests =
                    files.filter(file -> file.toString().contains("/src/test/java/"))
                            .map(file -> file.getFileName().toString().replace(".java", ""))
                            .collect(Collectors.toSet());
        }

        assertThat(found(page, "`([A-Z][A-Za-z0-9]*(?:Test|ITCase))`"))
                .isNotEmpty()
                .isSubsetOf(tests);
    }

    private static List<String> found(String page, String pattern) throws IOException {
        return matches(page, pattern).stream().map(match -> match.group(1)).toList();
    }

    private static List<MatchResult> matches(String page, String pattern) throws IOException {
        String text = Files.readString(ProjectFiles.root().resolve(page));
        return Pattern.compile(pattern).matcher(text).results().toList();
    }
}
