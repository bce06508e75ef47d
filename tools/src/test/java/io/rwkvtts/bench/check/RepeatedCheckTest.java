package io.rwkvtts.bench.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.bench.engine.BenchModel;
import io.rwkvtts.bench.engine.EngineBench;
import io.rwkvtts.bench.engine.EngineBenchSettings;
import io.rwkvtts.bench.engine.EngineReport;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link RepeatedCheck} on real measurements of a small model. */
class RepeatedCheckTest {

    private static final Duration TURN = Duration.ofMillis(30);
    private static final int ROUNDS = 1;

    /** Other programs of the machine must not decide; the slowdown is greater by far. */
    private static final double TOLERANCE = 3;

    private static final int SLOWDOWN = 16;

    @TempDir private static Path directory;
    private static ModelCache cache;
    private static EngineReport baseline;

    @BeforeAll
    static void recordBaseline() throws IOException {
        cache = new ModelCache(directory);
        List<BenchModel> models =
                BenchModel.open("random:2x256", List.of(Quantization.INT8), cache);
        baseline =
                new EngineBench(
                                new EngineBenchSettings(
                                        models, List.of(1, 4), List.of(16), 1, ROUNDS, TURN),
                                CpuEngine::open)
                        .run();
    }

    @Test
    void testSlowdownFailsAfterThreeRunsInARow() throws IOException {
        CheckReport report =
                new RepeatedCheck(
                                baseline,
                                (model, options) ->
                                        new SlowedEngine(CpuEngine.open(model, options), SLOWDOWN),
                                ROUNDS,
                                TURN)
                        .run(cache, TOLERANCE);

        assertThat(report.passed()).isFalse();
        assertThat(report.runs()).isEqualTo(BaselineCheck.IN_A_ROW);
        assertThat(report.results())
                .filteredOn(ResultCheck::failed)
                .extracting(ResultCheck::name)
                .contains(
                        "random:2x256 int8, batch 1, near",
                        "random:2x256 int8, batch 4, near",
                        "random:2x256 int8, prefill of 16, near");
    }

    @Test
    void testSameSpeedPasses() throws IOException {
        CheckReport report =
                new RepeatedCheck(baseline, CpuEngine::open, ROUNDS, TURN).run(cache, TOLERANCE);

        assertThat(report.variant()).isEmpty();
        assertThat(report.passed()).isTrue();
    }
}
