package io.rwkvtts.bench.engine;

import java.time.Duration;
import java.util.List;

/**
 * What {@link EngineBench} measures.
 *
 * @param models to be compared
 * @param batches sizes of the batches stepped
 * @param prompts lengths of the prompts fed
 * @param threads threads of each engine
 * @param rounds how often it goes round all models and sizes
 * @param turn time measured of each in a round, after a fifth of it to settle
 */
public record EngineBenchSettings(
        List<BenchModel> models,
        List<Integer> batches,
        List<Integer> prompts,
        int threads,
        int rounds,
        Duration turn) {

    /**
     * @throws IllegalArgumentException if a number is less than 1, or there is nothing to measure
     */
    public EngineBenchSettings {
        models = List.copyOf(models);
        batches = List.copyOf(batches);
        prompts = List.copyOf(prompts);
        if (models.isEmpty() || batches.isEmpty()) {
            throw new IllegalArgumentException("expected at least one model and one batch size");
        }
        batches.forEach(batch -> requirePositive("batch", batch));
        prompts.forEach(tokens -> requirePositive("tokens of a prompt", tokens));
        requirePositive("threads", threads);
        requirePositive("rounds", rounds);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "%s is %d, expected at least 1".formatted(name, value));
        }
    }

    /** Slots that an engine needs. */
    int slots() {
        return batches.stream().mapToInt(Integer::intValue).max().orElseThrow();
    }
}
