package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.rwkvtts.RecordedLog;
import io.rwkvtts.onnx.OnnxRuntime;
import io.rwkvtts.schema.InputFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tts demo} on its embedded parts. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DemoCommandITCase {

    @TempDir private static Path cache;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void testGeneratesAllRequestsAndSumsUp(int parallelism) {
        TtsRun run =
                demo(
                        "--once",
                        "--requests=3",
                        "--wav=" + cache.resolve("wav-" + parallelism),
                        "-Dtts.parallelism=" + parallelism,
                        "Good",
                        "morning.");

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isZero();
        for (int i = 1; i <= 3; i++) {
            assertThat(cache.resolve("wav-%d/demo-%d.wav".formatted(parallelism, i)).toFile())
                    .isFile()
                    .satisfies(file -> assertThat(file.length()).isGreaterThan(10_000));
        }
        assertThat(run.out())
                .contains("demo-1: \"Good morning.\"\n")
                .containsPattern("demo-3: chunk 0, 10 tokens, 0.20 s of audio so far, \\d+ ms")
                .containsPattern("demo-2: stop after \\d\\.\\d\\d s of audio\n");
        assertThat(run.out().lines().reduce((earlier, last) -> last).orElseThrow())
                .matches(
                        "3 requests, \\d+ tokens: first chunk after \\d+ ms \\(median\\),"
                                + " \\d+ tokens/s, RTF \\d+\\.\\d+");
    }

    @ParameterizedTest
    @EnumSource(InputFormat.class)
    void testGreetsInTheFormatOfTheJob(InputFormat format) {
        TtsRun run = demo("--once", "-Dtts.input.format=" + format, "Good", "morning.");

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isZero();
        assertThat(run.out()).containsPattern("demo-1: stop after \\d\\.\\d\\d s of audio\n");
    }

    /** Where there is no CUDA device, what looks for one generates and says what it did before. */
    @Test
    void testLooksForADeviceWithoutATraceWhereThereIsNone() throws IOException {
        assumeFalse(OnnxRuntime.providers().contains("CUDA"), "with the libraries for GPUs");
        Map<String, byte[]> sounds = new HashMap<>();
        try (RecordedLog log = new RecordedLog(Level.WARN)) {
            for (String device : List.of("", "--device=auto", "--device=cpu")) {
                Path wav = cache.resolve("device" + device);
                List<String> arguments =
                        new ArrayList<>(List.of("--once", "--wav=" + wav, "Good", "morning."));
                if (!device.isEmpty()) {
                    arguments.add(1, device);
                }
                TtsRun run = demo(arguments.toArray(String[]::new));
                assertThat(run.err()).isEmpty();
                assertThat(run.exit()).isZero();
                sounds.put(device, Files.readAllBytes(wav.resolve("demo-1.wav")));
            }
            assertThat(log.lines()).noneMatch(line -> line.contains("CUDA"));
        }
        assertThat(sounds.get("--device=auto"))
                .isEqualTo(sounds.get(""))
                .isEqualTo(sounds.get("--device=cpu"));
    }

    @Test
    void testARequestThatIsRefusedIsAFailure() {
        TtsRun run = demo("--once", " ");

        assertThat(run.out()).contains("demo-1: error after 0.00 s of audio: ");
        assertThat(run.exit()).isEqualTo(1);
    }

    @Test
    void testListensOnLoopbackOnlyAndSaysWhere() throws Exception {
        List<String> command =
                List.of(
                        "demo",
                        "--kafka-port=0",
                        "--web-port=0",
                        "--metrics-port=0",
                        "--gateway-port=0",
                        "-Dtts.cache.directory=" + cache.resolve("process"));
        try (TtsProcess demo = TtsProcess.start(cache.resolve("demo"), command)) {
            await().atMost(90, TimeUnit.SECONDS)
                    .until(
                            () -> {
                                demo.assertAlive();
                                return demo.out().contains("Serving until Ctrl-C.");
                            });

            OpenPorts.assertOnLoopbackAndPrinted(demo);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--kafka-port", "--web-port", "--metrics-port"})
    void testABusyPortIsNamedByItsOption(String option) throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            demo("--once", option + "=" + busy.getLocalPort())
                    .assertFailure("port " + busy.getLocalPort(), "set " + option);
        }
    }

    @Test
    void testNeedsARequest() {
        demo("--once", "--requests=0").assertWrongUsage("--requests is 0, expected at least 1");
    }

    private static TtsRun demo(String... arguments) {
        String[] all = new String[arguments.length + 3];
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        all[0] = "demo";
        all[1] = "-D";
        all[2] = "tts.cache.directory=" + cache;
        return TtsRun.of(all);
    }
}
