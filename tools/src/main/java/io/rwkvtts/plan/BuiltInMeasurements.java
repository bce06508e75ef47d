package io.rwkvtts.plan;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The figures of docs/measurements/2026-11-20.md: steps by the streams that are always busy in the
 * job, prefill of 128 tokens by the engine; and how steps of the engine varied, by
 * docs/measurements/engine-baseline.json of the same day.
 */
public final class BuiltInMeasurements {

    private static final String SOURCE = "built in, docs/measurements/2026-11-20.md";
    private static final String MACHINE = "2 processors of AMD EPYC (Zen 4), 20 November 2026";

    /** The job's share of the engine's rate, the middle of those measured. */
    private static final double SHARE_OF_ENGINE = 0.92;

    /** The time of shorter prompts by that of 128 tokens: the medians of the page's table. */
    private static final Map<Integer, Double> PREFILL_SHARES =
            Map.of(16, 0.242, 32, 0.434, 64, 0.543, 128, 1.0);

    private static final List<Measurements> ALL =
            List.of(
                    measured(
                            "random:0.1b",
                            Map.of(1, 204.0, 2, 334.0, 4, 633.0, 8, 942.0, 16, 1158.0, 32, 1328.0),
                            42.9,
                            new Pace(0.858, 1.043, 1.136)),
                    measured(
                            "random:0.4b",
                            Map.of(1, 56.8, 2, 108.0, 4, 204.0, 8, 300.0, 16, 377.0, 32, 475.0),
                            141,
                            new Pace(0.895, 0.991, 1.163)));

    private BuiltInMeasurements() {}

    private static Measurements measured(
            String model, Map<Integer, Double> tokensPerSecond, double prefillMs, Pace pace) {
        TimesBySize steps = TimesBySize.ofRates(tokensPerSecond);
        return new Measurements(
                SOURCE,
                MACHINE,
                model,
                "int8-native",
                steps,
                new TimesBySize(new TreeMap<>(PREFILL_SHARES))
                        .times(prefillMs / SHARE_OF_ENGINE)
                        .withKnown(1, steps.at(1)),
                pace);
    }

    /**
     * Those of a model in a number format.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Measurements of(String model, String quantize) {
        return ALL.stream()
                .filter(one -> one.model().equals(model) && one.quantize().equals(quantize))
                .findFirst()
                .orElseThrow(() -> unknown(model, quantize));
    }

    private static IllegalArgumentException unknown(String model, String quantize) {
        String known =
                ALL.stream()
                        .map(one -> one.model() + " " + one.quantize())
                        .collect(Collectors.joining(", "));
        return new IllegalArgumentException(
                "no figures of %s %s are built in, only of %s: measure it with 'tts bench engine --model %s --quantize %s --json FILE' and give the file (--measurements)"
                        .formatted(model, quantize, known, model, quantize));
    }
}
