package io.rwkvtts.plan;

import io.rwkvtts.bench.Surroundings;
import java.util.List;

/**
 * What a plan needs of a file that {@code tts bench engine --json} has written, by this release or
 * an earlier one.
 *
 * @param surroundings where and when
 * @param results of steps
 * @param prefills of prompts
 */
record EngineFile(Surroundings surroundings, List<Step> results, List<Prefill> prefills) {

    /**
     * Steps of one batch size.
     *
     * @param shape name of the model
     * @param quantize its number format
     * @param batch sequences stepped together
     * @param tokensPerSecond of all of them together
     * @param stepMsP10 a tenth of the steps took less
     * @param stepMsP50 half of them
     * @param stepMsP95 nearly all
     */
    record Step(
            String shape,
            String quantize,
            int batch,
            double tokensPerSecond,
            double stepMsP10,
            double stepMsP50,
            double stepMsP95) {

        private static final double MS_PER_SECOND = 1000;

        /** A mean, and not the median: a simulation adds them up. */
        double meanMs() {
            return batch * MS_PER_SECOND / tokensPerSecond;
        }

        Pace pace() {
            return new Pace(stepMsP10 / meanMs(), stepMsP50 / meanMs(), stepMsP95 / meanMs());
        }
    }

    /**
     * Prefill of one prompt in one call.
     *
     * @param shape name of the model
     * @param quantize its number format
     * @param tokens length of the prompt
     * @param tokensPerSecond of it
     */
    record Prefill(String shape, String quantize, int tokens, double tokensPerSecond) {}
}
