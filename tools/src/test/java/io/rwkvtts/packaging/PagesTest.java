package io.rwkvtts.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.cli.Tts;
import io.rwkvtts.job.OptionKeys;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Holds what the pages written by hand name to what there is. */
class PagesTest {

    private static final String LINK = "]\\((?!http|#)([^)#]+)[^)]*\\)";
    private static final String OPTION = "\\b(tts\\.[a-z.-]*[a-z])\\b(?!\\.\\*)";
    private static final String TEST = "`([A-Z][A-Za-z0-9]*(?:Test|ITCase))`";

    /** Written by the code. */
    private static final Set<String> GENERATED = Set.of("docs/configuration.md", "docs/metrics.md");

    /** Paths of the pages, from the root of the project. */
    static List<String> pages() throws IOException {
        Path root = ProjectFiles.root();
        try (Stream<Path> top = Files.list(root);
                Stream<Path> docs = Files.walk(root.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .map(file -> root.relativize(file).toString())
                    .filter(page -> page.endsWith(".md") && !GENERATED.contains(page))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void testPagesAreRead() throws IOException {
        assertThat(pages()).contains("README.md", "docs/guarantees.md");
        assertThat(found("README.md", LINK)).isNotEmpty();
        assertThat(found("README.md", OPTION)).isNotEmpty();
        assertThat(found("docs/guarantees.md", TEST)).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void testLinksLeadToFiles(String page) throws IOException {
        Path directory = ProjectFiles.root().resolve(page).getParent();
        assertThat(found(page, LINK))
                .allSatisfy(link -> assertThat(directory.resolve(link)).exists());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void testNamedOptionsExist(String page) throws Exception {
        Set<String> keys = new HashSet<>();
        for (Class<?> options :
                OptionKeys.classes().values().stream().flatMap(List::stream).toList()) {
            for (Field field : options.getDeclaredFields()) {
                if (field.getType() == ConfigOption.class) {
                    keys.add(((ConfigOption<?>) field.get(null)).key());
                }
            }
        }

        assertThat(found(page, OPTION)).isSubsetOf(keys);
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

        assertThat(found(page, TEST)).isSubsetOf(tests);
    }

    private static List<String> found(String page, String pattern) throws IOException {
        return matches(page, pattern).stream().map(match -> match.group(1)).toList();
    }

    private static List<MatchResult> matches(String page, String pattern) throws IOException {
        String text = Files.readString(ProjectFiles.root().resolve(page));
        return Pattern.compile(pattern).matcher(text).results().toList();
    }
}
