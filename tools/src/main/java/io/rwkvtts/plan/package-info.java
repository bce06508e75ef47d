/**
 * How many machines a number of listeners takes. {@link io.rwkvtts.plan.Simulation} runs the
 * batching of one engine against a clock of its own, with {@link io.rwkvtts.plan.Measurements} in
 * the place of an engine; {@link io.rwkvtts.plan.Planner} looks for the load that it still bears,
 * and {@link io.rwkvtts.plan.Plan} multiplies.
 */
package io.rwkvtts.plan;
