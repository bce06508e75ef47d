package io.rwkvtts.bench.load;

import io.rwkvtts.bench.Surroundings;
import java.util.List;

/**
 * What {@link SwitchBench} found.
 *
 * @param surroundings where and when
 * @param model its name
 * @param quantize its number format
 * @param requests of a run, all sent at once
 * @param texts different ones among them, which come in turn; a prefix cache can know the repeated
 * @param switches what each brings
 */
public record SwitchReport(
        Surroundings surroundings,
        String model,
        String quantize,
        int requests,
        int texts,
        List<SwitchResult> switches) {}
