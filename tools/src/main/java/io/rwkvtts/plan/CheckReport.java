package io.rwkvtts.plan;

import io.rwkvtts.bench.load.JobReport;
import io.rwkvtts.bench.load.OpenLoopResult;
import io.rwkvtts.bench.load.TextLength;
import java.util.List;

/**
 * The simulation held against the loads of {@code tts bench job}: with requests at the very same
 * times, since both make them of the same random numbers.
 *
 * @param costs that the simulation was given
 * @param loads each measured one
 */
public record CheckReport(Measurements costs, List<CheckedLoad> loads) {

    /** What the bench's arrivals begin with. */
    private static final long SEED = 1;

    /**
     * Simulates what was measured.
     *
     * @param slots of the job that was measured
     * @param semanticPerSegment semantic tokens that its segments were made to have
     * @throws IllegalArgumentException if a load was measured with too few requests
     */
    public static CheckReport of(
            Measurements costs, JobReport job, int slots, int semanticPerSegment) {
        return new CheckReport(
                costs,
                job.openLoop().stream()
                        .map(load -> check(costs, load, slots, semanticPerSegment))
                        .toList());
    }

    private static CheckedLoad check(
            Measurements costs, OpenLoopResult load, int slots, int perSegment) {
        if (load.firstChunkMs().p95() == null) {
            throw new IllegalArgumentException(
                    "%d requests at %d streams have no p95: measure with --requests 100"
                            .formatted(load.requests(), load.streams()));
        }
        TextLength length = TextLength.ofLabel(load.text());
        Texts texts = Texts.noise(length.fewest(), length.most(), perSegment);
        SimulationResult simulated =
                new Simulation(costs, slots, texts, load.requestsPerSecond(), SEED)
                        .run(2 + load.streams() / 2, load.requests());
        return new CheckedLoad(
                load.streams(),
                load.requestsPerSecond(),
                new Compared(load.firstChunkMs().p50(), simulated.firstChunkP50Ms()),
                new Compared(load.firstChunkMs().p95(), simulated.firstChunkP95Ms()),
                new Compared(load.tokensPerSecond(), simulated.tokensPerSecond()));
    }
}
