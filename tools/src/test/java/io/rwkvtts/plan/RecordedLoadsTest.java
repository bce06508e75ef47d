package io.rwkvtts.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The simulation against loads that {@code bench job} measured (random:0.1b in int8-native), as
 * docs/measurements/2026-11-20.md has them. How far off it may be is what docs/capacity.md says.
 */
class RecordedLoadsTest {

    private static final Logger LOG = LoggerFactory.getLogger(RecordedLoadsTest.class);
    private static final int REQUESTS = 100;

    @ParameterizedTest
    @CsvSource({
        "short, 1, 1.43,  83,  300, 444",
        "short, 2, 2.50, 138, 319, 423",
        "short, 4, 3.71, 220, 376, 556",
        "medium, 4, 1.96, 296, 386, 669",
        "medium, 8, 2.34, 329, 513, 761",
        "long, 4, 0.70, 268, 409, 622"
    })
    void testComesNearToWhatWasMeasured(
            String text, int streams, double rate, double tokens, double p50, double p95) {
        Texts texts =
                switch (text) {
                    case "short" -> Texts.noise(10, 50, 50);
                    case "medium" -> Texts.noise(50, 200, 50);
                    default -> Texts.noise(200, 500, 50);
                };
        SimulationResult simulated =
                new Simulation(
                                BuiltInMeasurements.of("random:0.1b", "int8-native"),
                                32,
                                texts,
                                rate,
                                1)
                        .run(2 + streams / 2, REQUESTS);

        LOG.info("{} texts, {} streams: {}", text, streams, simulated);
        assertThat(simulated.tokensPerSecond()).isCloseTo(tokens, within(0.15 * tokens));
        assertThat(simulated.firstChunkP50Ms()).isCloseTo(p50, within(0.15 * p50));
        assertThat(simulated.firstChunkP95Ms()).isCloseTo(p95, within(0.27 * p95));
    }
}
