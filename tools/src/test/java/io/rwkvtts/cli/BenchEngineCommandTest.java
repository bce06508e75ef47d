package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tts bench engine} with a model so small that it takes seconds. */
class BenchEngineCommandTest {

    @TempDir private Path directory;
    private Path json;

    @BeforeEach
    void nameFile() {
        json = directory.resolve("engine.json");
    }

    @Test
    void testStepsAndPrefillsStandBesideTheMachine() throws IOException {
        TtsRun run = bench("--batch=1,3", "--prefill=16", "--quantize=fp32,int8");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("random:2x128  fp32", "random:2x128  int8", "GB/s", "Gop/s");
        JsonNode report = report();
        assertThat(report.at("/machine/readGBPerSecond").doubleValue()).isBetween(0.1, 10_000.0);
        assertThat(report.at("/machine/reading/0/gigabytesPerSecond").doubleValue())
                .isBetween(0.1, 10_000.0);
        assertThat(report.at("/machine/leastRoundTripNs").doubleValue()).isPositive();
        assertThat(report.at("/machine/int8GopPerSecond").doubleValue())
                .isGreaterThanOrEqualTo(report.at("/machine/int8BlockGopPerSecond").doubleValue())
                .isGreaterThan(1);
        assertThat(report.get("results")).hasSize(4);
        for (JsonNode result : report.get("results")) {
            double step = result.get("stepMsP50").doubleValue();
            assertThat(result.get("shape").textValue()).isEqualTo("random:2x128");
            assertThat(step).isPositive();
            assertThat(result.get("stepMsP10").doubleValue()).isLessThanOrEqualTo(step);
            assertThat(result.get("stepMsP95").doubleValue()).isGreaterThanOrEqualTo(step);
            assertThat(result.get("stepMsP50ByCores").fieldNames())
                    .toIterable()
                    .isSubsetOf("near", "far");
            assertThat(result.get("tokensPerSecond").doubleValue()).isPositive();
            assertThat(result.get("bandwidthFloorRatio").doubleValue())
                    .isEqualTo(step / result.get("bandwidthFloorMs").doubleValue());
            assertThat(result.get("floorMs").doubleValue())
                    .isGreaterThan(result.get("bandwidthFloorMs").doubleValue())
                    .isGreaterThan(result.get("operationsFloorMs").doubleValue());
            assertThat(result.get("batchInvariant").booleanValue()).isTrue();
        }
        assertThat(report.get("results").findValuesAsText("quantize"))
                .containsExactly("fp32", "fp32", "int8", "int8");
        assertThat(report.get("results").findValuesAsText("batch"))
                .containsExactly("1", "3", "1", "3");
        assertThat(report.get("prefills").findValuesAsText("tokens")).containsExactly("16", "16");
    }

    @Test
    void testStatesOfLongSequencesAreMeasured() throws IOException {
        TtsRun run = bench("--states", "--batch=2", "--quantize=fp32");

        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode state = report().get("states").get(0);
        assertThat(state.get("stateBytesAt2000")).isEqualTo(state.get("stateBytesAt10"));
        assertThat(state.get("ratio").doubleValue())
                .isEqualTo(
                        state.get("stepMsAt2000").doubleValue()
                                / state.get("stepMsAt10").doubleValue());
    }

    @Test
    void testAModelDirectoryHasItsOwnFormat() throws IOException {
        assertThat(bench("--batch=1", "--quantize=int8", "--prefill=1").exit()).isZero();
        Path exported;
        try (var files = Files.list(directory.resolve("cache"))) {
            exported =
                    files.filter(file -> file.toString().contains("-int8-"))
                            .filter(Files::isDirectory)
                            .findFirst()
                            .orElseThrow();
        }
        TtsRun own = bench("--model=" + exported, "--batch=1", "--prefill=1");
        assertThat(own.exit()).as(own.err()).isZero();
        assertThat(report().at("/results/0/quantize").textValue()).isEqualTo("int8");

        bench("--model=" + exported, "--quantize=fp32").assertFailure(exported, "int8", "none");
    }

    @Test
    void testWrongUsageIsToldBeforeAnythingIsMeasured() {
        assertUsage(bench("--batch=0"), "--batch", "'0'", "from 1");
        assertUsage(
                bench("--quantize=int3"),
                "--quantize",
                "int3",
                "none, int8, int8-native, int4-native, fp16, int8-blocks");
        assertUsage(TtsRun.of("bench"), "benchmark is missing");
        bench("--model=random:huge").assertFailure("random:huge", "random:0.4b");
        bench("--model=random:2x100").assertFailure("100", "multiple of the head size 64");
        bench("--json=" + directory).assertFailure(directory, "is a directory");
        assertThat(directory.resolve("cache")).doesNotExist();
    }

    private static void assertUsage(TtsRun run, String... words) {
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(words);
        assertThat(run.out()).isEmpty();
    }

    private JsonNode report() throws IOException {
        return new ObjectMapper().readTree(json.toFile());
    }

    private TtsRun bench(String... more) {
        List<String> arguments = new ArrayList<>(List.of("bench", "engine"));
        arguments.addAll(List.of(more));
        String given = String.join(" ", more);
        arguments.add("--cache=" + directory.resolve("cache"));
        arguments.addAll(List.of("--rounds=1", "--turn-ms=20"));
        if (!given.contains("--model")) {
            arguments.add("--model=random:2x128");
        }
        if (!given.contains("--json")) {
            arguments.add("--json=" + json);
        }
        return TtsRun.of(arguments);
    }
}
