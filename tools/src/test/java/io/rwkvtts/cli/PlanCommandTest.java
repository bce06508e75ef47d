package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.packaging.ProjectFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {

    private static final Path ENGINE =
            ProjectFiles.root().resolve("docs/measurements/engine-baseline.json");

    @Test
    void testPlansWithTheBuiltInFigures(@TempDir Path directory) throws Exception {
        Path json = directory.resolve("plan.json");
        TtsRun run = TtsRun.of("plan", "--listeners=1000", "--json=" + json);

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("docs/measurements/2026-11-20.md", "slots (tts.slots)", "what is full");
        JsonNode plan = new ObjectMapper().readTree(json.toFile()).required("plan");
        assertThat(plan.required("machines").intValue()).isBetween(10, 1000);
        assertThat(plan.required("breaks")).hasSize(5);
    }

    @Test
    void testPlansWithMeasurements() {
        TtsRun run = TtsRun.of("plan", "--listeners=10", "--measurements=" + ENGINE);

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("engine-baseline.json", "2026-11-20");
    }

    @Test
    void testWhatNoMachineDoesIsSaid() {
        TtsRun.of("plan", "--listeners=10", "--first-chunk=10")
                .assertFailure("no number of machines meets this", "--first-chunk is 10");
    }

    @Test
    void testWrongUsage() {
        TtsRun.of("plan").assertWrongUsage("--listeners is missing");
        TtsRun.of("plan", "--check").assertWrongUsage("--check needs --measurements and --job");
        TtsRun.of("plan", "--listeners=1", "--job=job.json")
                .assertWrongUsage("--job needs --measurements");
        TtsRun.of("plan", "--listeners=0").assertWrongUsage("'0' is not a whole number");
    }
}
