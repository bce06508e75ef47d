package io.rwkvtts.plan;

/**
 * What is asked of the job.
 *
 * @param firstChunkP95Ms 95 of 100 first chunks come within it
 * @param continuous least share of the listeners who never wait longer than 100 ms for a later
 *     chunk
 * @param reserve share by which the load could grow before it is no longer met: the job is slower
 *     under load than the simulation
 */
public record Objectives(double firstChunkP95Ms, double continuous, double reserve) {

    boolean met(SimulationResult result) {
        return result.firstChunkP95Ms() <= firstChunkP95Ms && result.continuous() >= continuous;
    }
}
