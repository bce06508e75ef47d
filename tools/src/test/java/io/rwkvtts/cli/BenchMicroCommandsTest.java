package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tts bench sampler} and {@code tts bench tokenizer}, too short for figures to trust. */
class BenchMicroCommandsTest {

    private static final String[] SHORT = {"--forks=0", "--iterations=1", "--iteration-ms=10"};

    @TempDir private Path directory;
    private Path json;

    /** Another build on this machine may be measuring, too. */
    @BeforeAll
    static void ignoreOthers() {
        System.setProperty("jmh.ignoreLock", "true");
    }

    @BeforeEach
    void nameFile() {
        json = directory.resolve("results.json");
    }

    @Test
    void testEveryRuleIsMeasuredOnEveryKindOfLogits() throws IOException {
        TtsRun run = bench("sampler");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("µs/token", "top k 50 top p 95", "peaked");
        JsonNode results = results();
        assertThat(results).hasSize(5 * 3);
        for (JsonNode result : results) {
            assertThat(result.get("microsPerToken").doubleValue()).isBetween(0.1, 1e5);
            assertThat(result.get("allocatedBytesPerToken").doubleValue()).isNotNegative();
        }
    }

    @Test
    void testEveryKindOfTextIsMeasured() throws IOException {
        TtsRun run = bench("tokenizer");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(results().findValuesAsText("text"))
                .containsExactly("english", "chinese", "mixed");
        for (JsonNode result : results()) {
            assertThat(result.get("megabytesPerSecond").doubleValue()).isBetween(0.01, 1e4);
            assertThat(result.get("allocatedBytesPerByte").doubleValue()).isBetween(1.0, 100.0);
        }
    }

    @Test
    void testAVocabularyThatIsNoneIsNamed() {
        Path none = directory.resolve("none.txt");

        bench("tokenizer", "--vocab=" + none).assertFailure(none);
    }

    private JsonNode results() throws IOException {
        return new ObjectMapper().readTree(json.toFile()).get("results");
    }

    private TtsRun bench(String benchmark, String... more) {
        List<String> arguments = new ArrayList<>();
        arguments.add("bench");
        arguments.add(benchmark);
        arguments.add("--json=" + json);
        arguments.addAll(List.of(SHORT));
        arguments.addAll(List.of(more));
        return TtsRun.of(arguments);
    }
}
