package io.rwkvtts.bench.engine;

import java.util.Map;

/**
 * Steps of one batch size. A ratio to a floor is the median step divided by the least time that the
 * machine would need, as measured in the same run: 1 is the best possible.
 *
 * @param shape name of the model
 * @param quantize its number format
 * @param batch sequences stepped together
 * @param tokensPerSecond of all sequences together: tokens divided by the time of all steps
 * @param stepMsP10 10th percentile of the steps: a machine's fast state
 * @param stepMsP50 half of the steps
 * @param stepMsP95 nearly all steps
 * @param stepMsP50ByCores half of the steps while the cores were near, and while they were far; of
 *     what never was there is none
 * @param steps number of steps measured
 * @param bandwidthFloorMs bytes of the weights divided by the rate of reading
 * @param bandwidthFloorRatio median step divided by that
 * @param operationsFloorMs additions and multiplications divided by their rate
 * @param operationsFloorRatio median step divided by that
 * @param floorMs the greater of both, and the states read and written
 * @param floorRatio median step divided by that
 * @param allocatedBytesPerStep on the Java heap
 * @param batchInvariant whether the logits of a row had the same bits in the batch and alone, fed
 *     at once and token by token
 */
public record StepResult(
        String shape,
        String quantize,
        int batch,
        double tokensPerSecond,
        double stepMsP10,
        double stepMsP50,
        double stepMsP95,
        Map<Cores, Double> stepMsP50ByCores,
        int steps,
        double bandwidthFloorMs,
        double bandwidthFloorRatio,
        double operationsFloorMs,
        double operationsFloorRatio,
        double floorMs,
        double floorRatio,
        double allocatedBytesPerStep,
        boolean batchInvariant) {}
