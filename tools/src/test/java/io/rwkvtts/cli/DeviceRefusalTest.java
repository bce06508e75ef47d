package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.onnx.OnnxRuntime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that must compute on a CUDA device, where there is none. */
class DeviceRefusalTest {

    @BeforeAll
    static void requireNoProvider() {
        assumeFalse(OnnxRuntime.providers().contains("CUDA"), "with the libraries for GPUs");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo --once --device cuda",
                "demo --once -D tts.device=cuda",
                "speak --device cuda --out - Hello.",
                "bench engine --device cuda --model random:1x64",
                "bench job --device cuda --model random:1x64"
            })
    void testAllThatIsMissingIsNamedInALineEach(String command) {
        TtsRun run = TtsRun.of(command.split(" "));

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        List<String> lines = run.err().lines().toList();
        assertThat(lines.get(0))
                .startsWith("tts ")
                .endsWith(": CUDA device 0 can't be used here; --device auto takes the CPU");
        assertThat(lines.subList(1, lines.size())).containsExactlyElementsOf(missing());
        assertThat(run.err()).contains("onnxruntime_gpu in the place of onnxruntime, never both");
    }

    /** What {@code tts doctor} finds missing, but for the compiler, which only a build needs. */
    private static List<String> missing() {
        List<String> lines = new ArrayList<>();
        for (JsonNode check : TtsRun.of("doctor", "--json").json().get("gpuChecks")) {
            String name = check.get("name").asText();
            if (!check.get("status").asText().equals("ok") && !name.equals("nvcc")) {
                lines.add(
                        "  %s: %s -> %s"
                                .formatted(
                                        name,
                                        check.get("found").asText(),
                                        check.get("advice").asText()));
            }
        }
        return lines;
    }

    @Test
    void testAnotherDeviceIsNamedByItsNumber() {
        assertThat(TtsRun.of("demo", "--once", "-Dtts.device=cuda", "-Dtts.cuda.device-index=3"))
                .extracting(TtsRun::err)
                .asString()
                .contains("CUDA device 3 can't be used here");
    }
}
