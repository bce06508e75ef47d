package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tts bench snapshots}. */
class BenchSnapshotsCommandTest {

    @TempDir private Path directory;

    @Test
    void testASnapshotIsTheStateOrTheTokens() throws IOException {
        Path json = directory.resolve("snapshots.json");
        TtsRun run =
                bench(
                        "--model=random:2x128",
                        "--quantize=int8",
                        "--sequences=3",
                        "--tokens=200",
                        "--rounds=2",
                        "--json=" + json);

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("bytes of each", "random:2x128  int8");
        JsonNode results = new ObjectMapper().readTree(json.toFile()).get("snapshots");
        assertThat(results.findValuesAsText("mode")).containsExactly("state", "tokens");
        long state = 4 * 2 * (2 * 128 + 128 * 64);
        assertThat(results.get(0).get("bytesPerSequence").asLong())
                .isBetween(state + 4 * 200, state + 4 * 200 + 1000);
        assertThat(results.get(1).get("bytesPerSequence").asLong()).isBetween(200L, 1800L);
        // To compute 200 tokens takes longer than to copy what they left.
        assertThat(results.get(1).get("restoreMs").asDouble())
                .isGreaterThan(results.get(0).get("restoreMs").asDouble());
    }

    @Test
    void testSequencesHoldMoreThanPromptAndVoice() {
        assertThat(bench("--model=random:2x128", "--quantize=int8", "--tokens=96").err())
                .contains("96 tokens", "more than 96");
    }

    private TtsRun bench(String... options) {
        String[] command = new String[options.length + 3];
        command[0] = "bench";
        command[1] = "snapshots";
        command[2] = "--cache=" + directory;
        System.arraycopy(options, 0, command, 3, options.length);
        return TtsRun.of(command);
    }
}
