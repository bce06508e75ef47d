package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tts bench check} on files that {@code tts bench engine} has written. */
class BenchCheckCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path directory;
    private Path baseline;

    @BeforeEach
    void record() {
        baseline = directory.resolve("baseline.json");
        TtsRun run =
                TtsRun.of(
                        "bench",
                        "engine",
                        "--model=random:1x64",
                        "--quantize=int8",
                        "--batch=1",
                        // The distance of the cores, which may change, is of no importance then.
                        "--threads=1",
                        "--prefill=4",
                        "--rounds=1",
                        "--turn-ms=5",
                        "--cache=" + directory.resolve("cache"),
                        "--json=" + baseline);
        assertThat(run.exit()).as(run.err()).isZero();
    }

    @Test
    void testThreeFilesWithASlowdownFail() throws IOException {
        Path slow = slowed(1.2);

        TtsRun failed = check("--current", slow + "", slow + "", slow + "");
        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.out())
                .containsPattern("batch 1, near .*! .*! .*!  FAILED")
                .contains("FAILED: 3 runs, tolerance 10.0 %");
        assertThat(check("--current", slow + "", slow + "").exit()).isZero();
        assertThat(check("--current", slow + "", slow + "", slow + "", "--tolerance=25%").exit())
                .isZero();
    }

    @Test
    void testMeasuresWhereNoFilesAreGiven() {
        TtsRun run =
                check(
                        "--tolerance=100000%",
                        "--rounds=1", "--turn-ms=5", "--cache=" + directory.resolve("cache"));

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("passed: 1 runs");
    }

    @Test
    void testWrongFilesAndTolerancesAreNamed() throws IOException {
        Path other = Files.writeString(directory.resolve("other.json"), "{\"results\": 7}");

        check("--current", other.toString()).assertFailure(other, "EngineReport");
        TtsRun wrong = check("--tolerance=much");
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.err()).contains("--tolerance", "'much'", "10%");
    }

    /** A file in which all steps take longer than in the baseline. */
    private Path slowed(double factor) throws IOException {
        ObjectNode report = (ObjectNode) JSON.readTree(baseline.toFile());
        ObjectNode medians = (ObjectNode) report.at("/results/0/stepMsP50ByCores");
        medians.put("near", factor * medians.get("near").doubleValue());
        Path file = directory.resolve("slow.json");
        JSON.writeValue(file.toFile(), report);
        return file;
    }

    private TtsRun check(String... more) {
        String[] arguments = new String[more.length + 3];
        arguments[0] = "bench";
        arguments[1] = "check";
        arguments[2] = "--baseline=" + baseline;
        System.arraycopy(more, 0, arguments, 3, more.length);
        return TtsRun.of(arguments);
    }
}
