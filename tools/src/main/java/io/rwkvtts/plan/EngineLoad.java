package io.rwkvtts.plan;

/**
 * The most that one engine bears.
 *
 * @param slots requests that it generates at once
 * @param listeners who hear speech at once, without a pause between two requests
 * @param result how they are served
 */
public record EngineLoad(int slots, double listeners, SimulationResult result) {}
