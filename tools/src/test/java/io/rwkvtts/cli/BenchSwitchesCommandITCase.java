package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code tts bench switches} with a small model, too short for figures to trust. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BenchSwitchesCommandITCase {

    @TempDir private Path directory;

    @Test
    void testAnOptimisationChangesTheTimeAndNoToken() throws IOException {
        TtsRun run = bench("tts.prefix-cache.size=0,64mb");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "4 requests at once; different texts: 1, each comes 4 times",
                        "speed-up",
                        "yes");
        JsonNode result = result();
        assertThat(result.get("runs").intValue()).isEqualTo(1);
        assertThat(result.get("speedUp").doubleValue())
                .isEqualTo(
                        result.get("tokensPerSecondOn").doubleValue()
                                / result.get("tokensPerSecondOff").doubleValue());
        assertThat(result.get("tokensIdentical").booleanValue()).isTrue();
    }

    @Test
    void testAnOptionThatChangesTokensIsFound() throws IOException {
        // Of each segment more of the text: other prompts, other tokens.
        TtsRun run = bench("tts.segment.max-units=40,200");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).contains("NO");
        assertThat(result().get("tokensIdentical").booleanValue()).isFalse();
    }

    @Test
    void testWrongUsageIsTold() {
        TtsRun run = bench("tts.prefix-cache.size");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--switch", "KEY=OFF,ON");
    }

    private JsonNode result() throws IOException {
        return new ObjectMapper()
                .readTree(directory.resolve("switches.json").toFile())
                .at("/switches/0");
    }

    private TtsRun bench(String optimisation) {
        List<String> arguments = new ArrayList<>(List.of("bench", "switches"));
        arguments.add("--switch=" + optimisation);
        arguments.addAll(List.of("--model=random:2x128", "--pairs=1", "--requests=4"));
        arguments.addAll(List.of("--tokens-per-segment=20"));
        arguments.addAll(List.of("-D", "tts.cache.directory=" + directory.resolve("cache")));
        arguments.add("--json=" + directory.resolve("switches.json"));
        return TtsRun.of(arguments);
    }
}
