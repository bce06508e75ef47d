package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.onnx.OnnxRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code tts doctor} on the machine that runs the test. */
class DoctorCommandTest {

    @Test
    void testJsonSaysWhatIsHere() throws IOException {
        TtsRun run = TtsRun.of("doctor", "--json");
        JsonNode diagnosis = run.json();
        assertThat(run.out()).containsOnlyOnce("\n");
        assertThat(diagnosis.get("speaks").asBoolean()).isTrue();
        Map<String, JsonNode> cpu = byName(diagnosis.get("cpuChecks"));
        assertThat(cpu.get("onnx runtime").get("status").asText()).isEqualTo("ok");
        assertThat(cpu.get("onnx runtime").get("found").asText())
                .startsWith(OnnxRuntime.version())
                .contains("CPU");
        assertThat(cpu.get("java").get("found").asText())
                .startsWith(System.getProperty("java.version"));
        boolean operators = CpuEngine.supports(Quantization.INT8_NATIVE);
        assertThat(cpu.get("native operators").get("status").asText())
                .isEqualTo(operators ? "ok" : "absent");
        boolean exact = CpuEngine.sumsBytesExactly();
        assertThat(cpu.get("products of bytes").get("status").asText())
                .isEqualTo(exact ? "ok" : "absent");
        assertThat(diagnosis.get("quantization").asText())
                .isEqualTo(operators ? "int8-native" : exact ? "int8" : "int8-blocks");
        Map<String, JsonNode> gpu = byName(diagnosis.get("gpuChecks"));
        boolean driver = Files.exists(Path.of("/proc/driver/nvidia/version"));
        assertThat(gpu.get("nvidia driver").get("status").asText())
                .isEqualTo(driver ? "ok" : "absent");
        assertThat(gpu.get("cuda provider").get("status").asText())
                .isEqualTo(OnnxRuntime.providers().contains("CUDA") ? "ok" : "absent");
    }

    @Test
    void testPageFitsOnAScreenAndAdvises() {
        TtsRun run = TtsRun.of("doctor");
        assertThat(run.exit()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().count()).isBetween(15L, 40L);
        assertThat(run.out().lines().findFirst().orElseThrow())
                .startsWith("Speech can be generated here");
        JsonNode gpu = TtsRun.of("doctor", "--json").json().get("gpuChecks");
        for (JsonNode check : gpu) {
            assertThat(run.out()).contains(check.get("found").asText());
            if (check.has("advice")) {
                assertThat(run.out()).contains("-> " + check.get("advice").asText());
            }
        }
    }

    private static Map<String, JsonNode> byName(JsonNode checks) {
        Map<String, JsonNode> byName = new HashMap<>();
        checks.forEach(check -> byName.put(check.get("name").asText(), check));
        assertThat(byName).hasSize(checks.size());
        return byName;
    }
}
