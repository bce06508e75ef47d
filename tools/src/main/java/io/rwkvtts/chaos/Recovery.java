package io.rwkvtts.chaos;

import java.util.function.Predicate;

/**
 * When a job has recovered from a fault.
 *
 * @param fromMs from when the time counts: the fault, or its end if it lasts; epoch milliseconds
 * @param recovered what a record must be like to be written by the job as it is after the fault
 */
record Recovery(long fromMs, Predicate<Emission> recovered) {

    /** With the first record that can be read from now on. */
    static Recovery from(long fromMs) {
        long nowMs = System.currentTimeMillis();
        return new Recovery(fromMs, emission -> emission.receivedAtMs() >= nowMs);
    }

    /** With the first record of a partition that is emitted after the fault. */
    static Recovery ofPartition(long fromMs, int partition) {
        return new Recovery(
                fromMs,
                emission -> emission.partition() == partition && emission.emittedAtMs() >= fromMs);
    }

    /** With the first record that subtasks emit that were deployed then. */
    static Recovery ofDeployment(long fromMs, long deployedAtMs) {
        return new Recovery(fromMs, emission -> emission.emittedAtMs() >= deployedAtMs);
    }
}
