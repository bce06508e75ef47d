package io.rwkvtts.job.bench.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.job.bench.Surroundings;
import io.rwkvtts.job.bench.engine.EngineReport;
import io.rwkvtts.job.bench.engine.Machine;
import io.rwkvtts.job.bench.engine.PrefillResult;
import io.rwkvtts.job.bench.engine.StepResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link BaselineCheck}. */
class BaselineCheckTest {

    private static final double FLOOR_MS = 2;

    @Test
    void testOneOrTwoSlowRunsPass() {
        assertThat(check(13, 13, 10, 13, 13).passed()).isTrue();
    }

    @Test
    void testThreeSlowRunsInARowFail() {
        CheckReport report = check(10, 12, 12, 12, 10);

        assertThat(report.passed()).isFalse();
        assertThat(report.ratios())
                .filteredOn(RatioCheck::failed)
                .extracting(RatioCheck::name)
                .containsExactly(
                        "m int8, batch 8: step / floor",
                        "m int8, batch 8: step / step of batch 1",
                        "m int8, batch 8: step / fp32 step");
    }

    @Test
    void testAsMuchAsIsToleratedPasses() {
        assertThat(check(10.99, 10.99, 10.99).passed()).isTrue();
        assertThat(check(11.01, 11.01, 11.01).passed()).isFalse();
    }

    @Test
    void testASlowerMachineIsNoRegression() {
        BaselineCheck check = new BaselineCheck(report(10, 1, true), 0.1);
        for (int i = 0; i < 3; i++) {
            check.add(report(10, 2, true), "slower machine");
        }

        assertThat(check.report().passed()).isTrue();
    }

    @Test
    void testAResultThatDependsOnItsCompanyFailsAtOnce() {
        BaselineCheck check = new BaselineCheck(report(10, 1, true), 0.1);
        check.add(report(10, 1, false), "run");

        assertThat(check.report().passed()).isFalse();
        assertThat(check.report().variant()).containsExactly("m int8, batch 8");
    }

    @Test
    void testARunWithoutAResultOfTheBaselineIsRefused() {
        EngineReport full = report(10, 1, true);
        BaselineCheck check = new BaselineCheck(full, 0.1);
        EngineReport lacking =
                new EngineReport(
                        full.surroundings(),
                        full.machine(),
                        full.results().subList(0, 1),
                        full.prefills());

        assertThatThrownBy(() -> check.add(lacking, "june.json"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("june.json lacks 'm int8, batch 1: step / floor'");
    }

    /** Runs with steps of batch 8 that take so long, against a baseline of 10 ms. */
    private static CheckReport check(double... millis) {
        BaselineCheck check = new BaselineCheck(report(10, 1, true), 0.1);
        for (double ms : millis) {
            check.add(report(ms, 1, true), "run");
        }
        return check.report();
    }

    private static EngineReport report(double batch8Ms, double slowness, boolean invariant) {
        List<StepResult> results = new ArrayList<>();
        results.add(step("fp32", 8, 20 * slowness, slowness, true));
        results.add(step("int8", 1, 5 * slowness, slowness, true));
        results.add(step("int8", 8, batch8Ms * slowness, slowness, invariant));
        double floor = FLOOR_MS * slowness;
        return new EngineReport(
                new Surroundings("2026-01-01T00:00:00Z", "p", 2, "s", "j"),
                new Machine(2, 50, 800, 300, 200, 60, 350),
                results,
                List.of(
                        new PrefillResult(
                                "m",
                                "int8",
                                128,
                                400,
                                1,
                                10 * slowness,
                                20,
                                floor,
                                10 * slowness / floor)));
    }

    private static StepResult step(
            String quantize, int batch, double ms, double slowness, boolean invariant) {
        double floor = FLOOR_MS * slowness;
        double ratio = ms / floor;
        return new StepResult(
                "m",
                quantize,
                batch,
                batch * 1e3 / ms,
                ms,
                ms,
                ms,
                100,
                floor,
                ratio,
                floor,
                ratio,
                floor,
                ratio,
                0,
                invariant);
    }
}
