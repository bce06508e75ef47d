package io.rwkvtts.plan;

/**
 * A figure of both.
 *
 * @param measured in the job
 * @param simulated by {@link Simulation}
 */
public record Compared(double measured, double simulated) {

    /** How much too large the simulated one is, as a share; negative if it is too small. */
    double off() {
        return simulated / measured - 1;
    }
}
