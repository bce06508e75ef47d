package io.rwkvtts.bench.engine;

import io.rwkvtts.bench.Surroundings;
import java.util.List;

/**
 * What {@link QualityBench} found of some models.
 *
 * @param surroundings where and when
 * @param quality of each format
 */
public record QualityReport(Surroundings surroundings, List<QualityResult> quality) {}
