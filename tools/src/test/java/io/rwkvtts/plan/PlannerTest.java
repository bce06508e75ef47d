package io.rwkvtts.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PlannerTest {

    private static final Measurements SMALL = BuiltInMeasurements.of("random:0.1b", "int8-native");
    private static final Texts TEXTS = Texts.spoken(10, 50);
    private static final Limits LIMITS = new Limits(4e9, 200e6, 50e6, 128, 5);
    private static final ModelMemory MEMORY =
            new ModelMemory(2_000_000, slots -> 300_000_000 + 6_000_000L * slots);

    private static EngineLoad most(Objectives objectives) {
        return new Planner(SMALL, TEXTS, objectives, 1).most().orElseThrow();
    }

    @Test
    void testTheLoadFoundMeetsTheObjectivesAndASomewhatLargerOneDoesNot() {
        Objectives objectives = new Objectives(1000, 0.95, 0);
        Planner planner = new Planner(SMALL, TEXTS, objectives, 1);
        EngineLoad most = planner.most().orElseThrow();

        assertThat(objectives.met(planner.load(most.slots(), 0.8 * most.listeners()).result()))
                .isTrue();
        assertThat(objectives.met(planner.load(most.slots(), 1.2 * most.listeners()).result()))
                .isFalse();
    }

    @Test
    void testWhoAsksForMoreGetsLess() {
        assertThat(most(new Objectives(500, 0.99, 0)).listeners())
                .isLessThan(most(new Objectives(2000, 0.9, 0)).listeners());
    }

    @Test
    void testTheReserveIsLeft() {
        double all = most(new Objectives(1000, 0.95, 0)).listeners();

        assertThat(most(new Objectives(1000, 0.95, 0.25)).listeners())
                .isCloseTo(all / 1.25, within(1e-9));
    }

    @Test
    void testWhatNoMachineDoesHasNoPlan() {
        assertThat(new Planner(SMALL, TEXTS, new Objectives(50, 0.95, 0), 1).most()).isEmpty();
    }

    @Test
    void testEverythingGrowsWithTheListeners() {
        EngineLoad engine = most(new Objectives(1000, 0.95, 0));
        Plan one = Plan.of(1_000, engine, TEXTS, MEMORY, LIMITS);
        Plan ten = Plan.of(10_000, engine, TEXTS, MEMORY, LIMITS);

        assertThat(one.machines() * engine.listeners()).isGreaterThanOrEqualTo(1_000);
        assertThat((one.machines() - 1) * engine.listeners()).isLessThan(1_000);
        assertThat(ten.jobs() * ten.parallelism()).isGreaterThanOrEqualTo(ten.machines());
        assertThat(ten.parallelism()).isLessThanOrEqualTo(128);
        assertThat(one.tokensPerSecond()).isEqualTo(50_000);
        assertThat(ten.tokenBytesPerSecond())
                .isCloseTo(10 * one.tokenBytesPerSecond(), within(1.0));
        assertThat(ten.checkpointBytes()).isCloseTo(10 * one.checkpointBytes(), within(1.0));
        assertThat(ten.memoryBytes()).isEqualTo(one.memoryBytes());
        // Where a limit lies does not depend on how many there are now.
        assertThat(ten.breaks())
                .zipSatisfy(
                        one.breaks(),
                        (a, b) -> {
                            assertThat(a.what()).isEqualTo(b.what());
                            assertThat(a.listeners()).isCloseTo(b.listeners(), within(1.0));
                        });
        assertThat(one.breaks()).extracting(Breaking::listeners).isSorted();
    }

    /** 10 tokens, then 25 at a time, then the end: of 20 tokens three records. */
    @Test
    void testKafkasRecordsAreThoseOfTheChunks() {
        KafkaLoad load = KafkaLoad.of(Texts.noise(10, 10, 20));

        assertThat(load.tokenRecords()).isEqualTo(3);
        assertThat(load.tokenBytes()).isBetween(600.0, 1500.0);
    }
}
