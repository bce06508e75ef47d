package io.rwkvtts.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.cli.Tts;
import io.rwkvtts.text.NormalizedText;
import io.rwkvtts.text.Segmenter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the examples of docs/text.md. */
class TextPageTest {

    private static final String CUT = "‖";

    static List<MatchResult> normalForms() throws IOException {
        return matches("(?m)^\\|[^`\\n]*\\| `([^`\\n]+)` \\| `([^`\\n]+)` \\|$");
    }

    static List<MatchResult> segmentations() throws IOException {
        return matches("(?m)^\\|[^`\\n]*\\| `([^`\\n]+)` \\|$");
    }

    @ParameterizedTest
    @MethodSource("normalForms")
    void testTextsHaveTheShownNormalForm(MatchResult example) {
        assertThat(NormalizedText.of(unescaped(example.group(1))))
                .isEqualTo(unescaped(example.group(2)));
    }

    @ParameterizedTest
    @MethodSource("segmentations")
    void testTextsAreCutWhereShown(MatchResult example) {
        String shown = unescaped(example.group(1));
        List<String> segments =
                Arrays.stream(shown.split(CUT))
                        .map(segment -> segment.strip().replace('\n', ' '))
                        .toList();
        assertThat(new Segmenter(0, Segmenter.DEFAULT_MAX_UNITS).split(shown.replace(CUT, "")))
                .isEqualTo(segments);
    }

    @Test
    void testTheCommandPrintsWhatIsShown() throws IOException {
        MatchResult example =
                matches("(?m)^\\$ \\./tts segment \"([^\"\\n]+)\"\\n((?:\\{.*\\n)+)```").get(0);
        StringWriter out = new StringWriter();
        Tts.commandLine()
                .setOut(new PrintWriter(out))
                .execute("segment", unescaped(example.group(1)));
        assertThat(out.toString()).isEqualToNormalizingNewlines(example.group(2));
    }

    @Test
    void testThePageHasExamples() throws IOException {
        assertThat(normalForms()).hasSizeGreaterThan(10);
        assertThat(segmentations()).hasSizeGreaterThan(20);
    }

    private static String unescaped(String shown) {
        return Pattern.compile("\\\\u([0-9A-F]{4})")
                .matcher(shown)
                .replaceAll(m -> Character.toString(Integer.parseInt(m.group(1), 16)))
                .translateEscapes();
    }

    private static List<MatchResult> matches(String pattern) throws IOException {
        String page = Files.readString(ProjectFiles.root().resolve("docs/text.md"));
        return Pattern.compile(pattern).matcher(page).results().toList();
    }
}
