package io.rwkvtts.bench.engine;

import java.util.Map;

/**
 * Prefill of one prompt in one call.
 *
 * @param shape name of the model
 * @param quantize its number format
 * @param tokens length of the prompt
 * @param tokensPerSecond tokens divided by the time of all calls
 * @param msP10 10th percentile of the calls
 * @param msP50 half of the calls
 * @param msP95 nearly all calls
 * @param msP50ByCores half of the calls, as {@link StepResult#stepMsP50ByCores}
 * @param floorMs least time of a call, as {@link StepResult#floorMs}
 * @param floorRatio median call divided by that
 */
public record PrefillResult(
        String shape,
        String quantize,
        int tokens,
        double tokensPerSecond,
        double msP10,
        double msP50,
        double msP95,
        Map<Cores, Double> msP50ByCores,
        double floorMs,
        double floorRatio) {}
