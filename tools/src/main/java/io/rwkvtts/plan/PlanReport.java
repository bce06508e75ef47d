package io.rwkvtts.plan;

/**
 * A plan and what it rests on.
 *
 * @param costs measured
 * @param texts of the requests
 * @param objectives that are met
 * @param limits assumed
 * @param plan that follows
 */
public record PlanReport(
        Measurements costs, Texts texts, Objectives objectives, Limits limits, Plan plan) {}
