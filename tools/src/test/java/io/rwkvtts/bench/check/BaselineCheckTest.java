package io.rwkvtts.bench.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.bench.Surroundings;
import io.rwkvtts.bench.engine.Cores;
import io.rwkvtts.bench.engine.EngineReport;
import io.rwkvtts.bench.engine.Machine;
import io.rwkvtts.bench.engine.PrefillResult;
import io.rwkvtts.bench.engine.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        assertThat(report.results())
                .filteredOn(ResultCheck::failed)
                .extracting(ResultCheck::name)
                .containsExactly("m int8, batch 8, near");
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

    /** A machine that only multiplies faster lowers the floor, and not what is bound by memory. */
    @Test
    void testALowerFloorAloneIsNoRegression() {
        Ratios recorded = new Ratios(2, Optional.of(0.5));

        assertThat(new Ratios(2.6, Optional.of(0.5)).slowdownSince(recorded)).isEqualTo(1);
        assertThat(new Ratios(2, Optional.of(0.6)).slowdownSince(recorded)).isEqualTo(1);
        assertThat(new Ratios(2.6, Optional.of(0.6)).slowdownSince(recorded)).isEqualTo(1.2);
        assertThat(new Ratios(2.6, Optional.empty()).slowdownSince(recorded)).isEqualTo(1.3);
    }

    /**
     * Three slow runs, with others between them that judge nothing, and one in which all was far.
     */
    @Test
    void testOnlyTimesWithTheSameDistanceAreCompared() {
        BaselineCheck check = new BaselineCheck(report(10, 1, true, Cores.NEAR), 0.1);
        check.add(report(30, 1, true, Cores.FAR), "far");
        assertThat(check.report().undecided()).isTrue();
        assertThat(check.report().passed()).isFalse();

        check.add(report(12, 1, true, Cores.NEAR), "slow");
        check.add(report(12, 1, true, Cores.NEAR), "slow");
        check.add(report(30, 1, true, Cores.FAR), "far");
        assertThat(check.report().passed()).isTrue();
        assertThat(check.report().undecided()).as("looked worse when last seen").isTrue();
        check.add(report(12, 1, true, Cores.NEAR), "slow");
        assertThat(check.report().passed()).isFalse();
        assertThat(check.report().undecided()).isFalse();
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
                .hasMessageContaining("june.json lacks 'm int8, batch 1'");
    }

    /** Runs with steps of batch 8 that take this time, against a baseline of 10 ms. */
    private static CheckReport check(double... millis) {
        BaselineCheck check = new BaselineCheck(report(10, 1, true), 0.1);
        for (double ms : millis) {
            check.add(report(ms, 1, true), "run");
        }
        return check.report();
    }

    private static EngineReport report(double batch8Ms, double slowness, boolean invariant) {
        return report(batch8Ms, slowness, invariant, Cores.NEAR);
    }

    private static EngineReport report(
            double batch8Ms, double slowness, boolean invariant, Cores cores) {
        List<StepResult> results = new ArrayList<>();
        results.add(step("fp32", 8, 20 * slowness, slowness, true, cores));
        results.add(step("int8", 1, 5 * slowness, slowness, true, cores));
        results.add(step("int8", 8, batch8Ms * slowness, slowness, invariant, cores));
        double floor = FLOOR_MS * slowness;
        return new EngineReport(
                new Surroundings("2026-01-01T00:00:00Z", "p", 2, "s", "j"),
                new Machine(2, 50, List.of(), 800, 300, 200, 60, 350),
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
                                Map.of(cores, 10 * slowness),
                                floor,
                                10 * slowness / floor)));
    }

    private static StepResult step(
            String quantize,
            int batch,
            double ms,
            double slowness,
            boolean invariant,
            Cores cores) {
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
                Map.of(cores, ms),
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
