package io.rwkvtts.job.bench.micro;

import io.rwkvtts.job.bench.Surroundings;
import java.util.List;

/**
 * What {@link MicroBench#sampler} found.
 *
 * @param surroundings where and when
 * @param results for each rule and kind of logits
 */
public record SamplerReport(Surroundings surroundings, List<SamplerResult> results) {}
