package io.rwkvtts.bench.micro;

import io.rwkvtts.bench.Surroundings;
import java.util.List;

/**
 * What {@link MicroBench#sampler} found.
 *
 * @param surroundings where and when
 * @param results for each rule and kind of logits
 */
public record SamplerReport(Surroundings surroundings, List<SamplerResult> results) {}
