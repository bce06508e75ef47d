package io.rwkvtts.bench.engine;

import io.rwkvtts.bench.Surroundings;
import java.util.List;

/**
 * What {@link EngineBench} found.
 *
 * @param surroundings where and when
 * @param machine what the machine could do
 * @param results of steps
 * @param prefills of prompts
 */
public record EngineReport(
        Surroundings surroundings,
        Machine machine,
        List<StepResult> results,
        List<PrefillResult> prefills) {}
