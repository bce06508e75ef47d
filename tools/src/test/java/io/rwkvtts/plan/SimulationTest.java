package io.rwkvtts.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulation against what queueing theory knows. */
class SimulationTest {

    private static final long SEED = 42;

    /** A prompt of 12 tokens, 32 of the voice and 50 of speech, all of them alike. */
    private static final Texts ALIKE = Texts.noise(10, 10, 50);

    private static Measurements costs(Map<Integer, Double> steps, Map<Integer, Double> prefill) {
        return new Measurements(
                "",
                "",
                "",
                "",
                new TimesBySize(new TreeMap<>(steps)),
                new TimesBySize(new TreeMap<>(prefill)),
                Pace.STEADY);
    }

    /** The first token is drawn after the prompt, the 81 others after a step each. */
    private static final double SERVICE_MS = 12 + 81 * 1.0;

    /** A step takes 1 ms whatever its size, a prompt 1 ms a token. */
    private static final Measurements FLAT = costs(Map.of(1, 1.0, 64, 1.0), Map.of(1, 1.0, 2, 2.0));

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.6, 0.8})
    void testOneSlotIsAQueueOfPoissonArrivalsAndConstantService(double load) {
        SimulationResult result =
                new Simulation(FLAT, 1, ALIKE, load * 1000 / SERVICE_MS, SEED).run(1_000, 50_000);

        double wait = load * SERVICE_MS / (2 * (1 - load));
        assertThat(result.queueMs()).isCloseTo(wait, within(0.06 * wait));
        assertThat(result.totalMs() - result.queueMs())
                .isCloseTo(SERVICE_MS + Simulation.PATH_MS, within(1e-6));
        assertThat(result.busy()).isCloseTo(load, within(0.02));
    }

    /** Open requests = rate of arrivals × time in the system. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 32})
    void testLittlesLaw(int slots) {
        Measurements costs =
                costs(Map.of(1, 5.0, 4, 6.0, 8, 8.0, 32, 20.0), Map.of(1, 5.0, 128, 45.0));
        double capacity = slots * 1000 / costs.stepMs().at(slots) / 180;
        SimulationResult result =
                new Simulation(costs, slots, Texts.noise(10, 100, 50), 0.5 * capacity, SEED)
                        .run(500, 20_000);

        double inJobMs = result.totalMs() - Simulation.PATH_MS;
        double open = result.requestsPerSecond() * inJobMs / 1000;
        assertThat(result.meanOpen()).isCloseTo(open, within(0.02 * open));
        double inSlots = result.requestsPerSecond() * (inJobMs - result.queueMs()) / 1000;
        assertThat(result.meanRunning()).isCloseTo(inSlots, within(0.02 * inSlots));
    }

    @Test
    void testWhatArrivesIsServed() {
        double perSecond = 5;
        SimulationResult result = new Simulation(FLAT, 8, ALIKE, perSecond, SEED).run(0, 20_000);

        assertThat(result.requestsPerSecond()).isCloseTo(perSecond, within(0.02 * perSecond));
        assertThat(result.tokensPerSecond())
                .isCloseTo(50 * perSecond, within(50 * 0.02 * perSecond));
    }

    private static final double IDLE_MS = 12 + 32 + 9 + Simulation.PATH_MS;

    @Test
    void testAnIdleEngineHasTheFirstChunkAfterPromptVoiceAndTenTokens() {
        SimulationResult result = new Simulation(FLAT, 8, ALIKE, 0.001, SEED).run(0, 100);

        assertThat(result.firstChunkP50Ms()).isCloseTo(IDLE_MS, within(1e-6));
        assertThat(result.firstChunkP95Ms()).isCloseTo(IDLE_MS, within(1e-6));
        assertThat(result.continuous()).isOne();
    }

    /** The pace holds for the 55 ms of a request, whose mean is as on a steady machine. */
    @Test
    void testFirstChunksVaryAsTheMachineDoes() {
        Measurements costs =
                new Measurements(
                        "", "", "", "", FLAT.stepMs(), FLAT.prefillMs(), new Pace(0.8, 1, 1.3));
        SimulationResult result = new Simulation(costs, 8, ALIKE, 0.001, SEED).run(0, 2_000);

        double computed = IDLE_MS - Simulation.PATH_MS;
        double p50 = result.firstChunkP50Ms() - Simulation.PATH_MS;
        double p95 = result.firstChunkP95Ms() - Simulation.PATH_MS;
        assertThat(p95 / p50).isCloseTo(1.3, within(0.02));
        assertThat(p50 / computed).isBetween(0.9, 1.0);
    }

    @Test
    void testMoreLoadIsNeverBetter() {
        Measurements costs = costs(Map.of(1, 5.0, 8, 8.0, 32, 20.0), Map.of(1, 5.0, 128, 45.0));
        SimulationResult before = null;
        for (double perSecond = 1; perSecond < 9; perSecond += 2) {
            SimulationResult result =
                    new Simulation(costs, 32, ALIKE, perSecond, SEED).run(500, 5_000);
            if (before != null) {
                assertThat(result.firstChunkP95Ms()).isGreaterThan(before.firstChunkP95Ms());
                assertThat(result.busy()).isGreaterThan(before.busy());
                assertThat(result.continuous()).isLessThanOrEqualTo(before.continuous());
            }
            before = result;
        }
    }

    @Test
    void testTheSeedDecides() {
        assertThat(run(1)).isEqualTo(run(1)).isNotEqualTo(run(2));
    }

    private static SimulationResult run(long seed) {
        return new Simulation(FLAT, 4, Texts.spoken(10, 50), 1, seed).run(10, 500);
    }

    /** Two requests in lockstep, each step slower than a token is played. */
    @Test
    void testAListenerWaitsWhereStepsAreSlowerThanSpeech() {
        Measurements slow = costs(Map.of(1, 30.0), Map.of(1, 1.0, 2, 2.0));

        assertThat(new Simulation(slow, 1, ALIKE, 0.001, SEED).run(0, 50).continuous()).isZero();
    }
}
