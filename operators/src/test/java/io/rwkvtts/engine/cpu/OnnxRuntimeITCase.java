package io.rwkvtts.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.model.Quantization;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ONNX Runtime in JVMs of its own, which must not crash. */
class OnnxRuntimeITCase {

    private static final int TERMINATED = 128 + 15;
    private static final String TELEMETRY_SWITCH = "ORT_DISABLE_TELEMETRY";

    @TempDir private static Path directory;

    private static final List<Process> started = new ArrayList<>();

    @BeforeAll
    static void exportModel() throws IOException {
        Path file =
                TestModels.randomCheckpoint(
                        directory.resolve("random.safetensors"),
                        ModelShape.proportioned(4, 512, 600, 600));
        TestModels.export(file, Quantization.INT8, directory.resolve("model"));
    }

    /** A test that fails must not leave a process that steps for ever. */
    @AfterEach
    void endProcesses() {
        started.forEach(Process::destroyForcibly);
        started.clear();
    }

    @Test
    void testSignalDuringAStepEndsTheProcessCleanly() throws Exception {
        for (int round = 1; round <= 10; round++) {
            Process process = steps(Integer.MAX_VALUE, System.getProperty("java.class.path"), "1");
            try (BufferedReader output = process.inputReader()) {
                for (int step = 0; step < 11 * round; step++) {
                    awaitStep(output);
                }
                process.toHandle().destroy();
                output.transferTo(Writer.nullWriter());
            }
            assertThat(process.waitFor()).isEqualTo(TERMINATED);
        }
        assertNoCrashReport();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1"})
    void testLongCommandLineIsNoHarm(String telemetryDisabled) throws Exception {
        String padding = (File.pathSeparator + "/no/such/library.jar").repeat(400);
        String classPath = System.getProperty("java.class.path") + padding;
        assertThat(classPath).hasSizeGreaterThan(8192);
        Process process = steps(2, classPath, telemetryDisabled);
        try (BufferedReader output = process.inputReader()) {
            awaitStep(output);
            awaitStep(output);
            assertThat(output.readLine()).isNull();
        }
        assertThat(process.waitFor()).isZero();
        assertNoCrashReport();
    }

    @Test
    void testForbiddenTokenIsNotDrawnWhereSubnormalNumbersAreZero() throws Exception {
        Process process =
                java(
                        System.getProperty("java.class.path"),
                        "1",
                        DrawWithoutSubnormals.class,
                        List.of(),
                        directory.resolve("model/model.onnx").toString());
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.lines()).containsExactly("subnormal sum 0.0", "forbidden drawn 0");
        }
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void testMissingLibraryIsNamed() throws Exception {
        String without =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.contains("com/microsoft/onnxruntime"))
                        .collect(Collectors.joining(File.pathSeparator));
        assertUnavailable(steps(1, without, "1"));
    }

    @Test
    void testLibraryThatCannotBeLoadedIsNamed() throws Exception {
        Path broken = Files.writeString(directory.resolve("libonnxruntime.so"), "no library");
        assertUnavailable(
                java(
                        System.getProperty("java.class.path"),
                        "1",
                        StepLoop.class,
                        List.of("-Donnxruntime.native.onnxruntime.path=" + broken),
                        directory.resolve("model").toString(),
                        "1"));
    }

    /** The whole of what is thrown: no error of a class that could not be initialised. */
    private static void assertUnavailable(Process process) throws Exception {
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(Files.readString(directory.resolve("errors")))
                .contains("main\" io.rwkvtts.onnx.OnnxUnavailableException: ONNX Runtime can't")
                .contains("lib/ of every TaskManager");
    }

    /** Reads up to the line of the next step; log lines may lie before it. */
    private static void awaitStep(BufferedReader output) throws IOException {
        String line;
        do {
            line = output.readLine();
            assertThat(line).as("output of a process that steps").isNotNull();
        } while (!line.equals("stepped"));
    }

    private static Process steps(int count, String classPath, String telemetryDisabled)
            throws IOException {
        return java(
                classPath,
                telemetryDisabled,
                StepLoop.class,
                List.of(),
                directory.resolve("model").toString(),
                Integer.toString(count));
    }

    private static Process java(
            String classPath,
            String telemetryDisabled,
            Class<?> main,
            List<String> options,
            String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:-CreateCoredumpOnCrash");
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(directory.toFile());
        builder.redirectError(directory.resolve("errors").toFile());
        if (telemetryDisabled.isEmpty()) {
            builder.environment().remove(TELEMETRY_SWITCH);
        } else {
            builder.environment().put(TELEMETRY_SWITCH, telemetryDisabled);
        }
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private static void assertNoCrashReport() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as(Files.readString(directory.resolve("errors"), StandardCharsets.UTF_8))
                    .noneMatch(name -> name.startsWith("hs_err"));
        }
    }
}
