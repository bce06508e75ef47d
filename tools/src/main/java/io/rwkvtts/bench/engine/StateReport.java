package io.rwkvtts.bench.engine;

import io.rwkvtts.bench.Surroundings;
import java.util.List;

/**
 * What {@link StateBench} found.
 *
 * @param surroundings where and when
 * @param states for each model and batch
 */
public record StateReport(Surroundings surroundings, List<StateResult> states) {}
