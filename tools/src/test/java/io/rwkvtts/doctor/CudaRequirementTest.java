package io.rwkvtts.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.rwkvtts.onnx.OnnxRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaRequirementTest {

    @TempDir private Path root;

    @Test
    void testJarDriverAndLibrariesAreNamedAtOnce() {
        assumeFalse(OnnxRuntime.providers().contains("CUDA"));
        assertThatThrownBy(() -> CudaRequirement.check(1, new Machine(root, Map.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .satisfies(
                        message ->
                                assertThat(message.lines())
                                        .startsWith(
                                                "CUDA device 1 can't be used here; --device auto takes the CPU")
                                        .anyMatch(line -> line.startsWith("  nvidia driver: none"))
                                        .anyMatch(line -> line.contains("libcublas.so.12"))
                                        .anyMatch(line -> line.contains("onnxruntime_gpu")));
    }

    @Test
    void testWhatIsThereIsNotNamed() throws IOException {
        assumeFalse(OnnxRuntime.providers().contains("CUDA"));
        Path driver = root.resolve("proc/driver/nvidia/version");
        Files.createDirectories(driver.getParent());
        Files.writeString(
                driver, "NVRM version: NVIDIA UNIX x86_64 Kernel Module  595.10.01  2026\n");
        assertThatThrownBy(() -> CudaRequirement.check(0, new Machine(root, Map.of())))
                .message()
                .doesNotContain("nvidia driver")
                .contains("cuda provider");
    }

    @Test
    void testDeviceThatWasTriedSaysItsError() {
        assertThat(
                        CudaRequirement.message(
                                0,
                                Optional.of("CUDA device 0 can't be used: busy (CUDA's error 46)"),
                                List.of(Check.ok("nvidia driver", "595.10"))))
                .isEqualTo(
                        "CUDA device 0 can't be used here; --device auto takes the CPU\n  CUDA device 0 can't be used: busy (CUDA's error 46)");
    }
}
