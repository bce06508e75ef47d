package io.rwkvtts.bench.load;

import io.rwkvtts.bench.Surroundings;
import java.util.List;

/**
 * What {@link JobBench} found.
 *
 * @param surroundings where and when
 * @param model its name
 * @param quantize its number format
 * @param checkpointIntervalMs time between two checkpoints
 * @param load share of the capacity at which requests arrive
 * @param saturated streams that are always busy
 * @param openLoop requests that arrive at random times
 * @param peakMemoryBytes most physical memory of the job's process, broker included; -1 if unknown
 */
public record JobReport(
        Surroundings surroundings,
        String model,
        String quantize,
        long checkpointIntervalMs,
        double load,
        List<SaturatedResult> saturated,
        List<OpenLoopResult> openLoop,
        long peakMemoryBytes) {}
