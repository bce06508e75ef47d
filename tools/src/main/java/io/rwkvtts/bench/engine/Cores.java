package io.rwkvtts.bench.engine;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/**
 * How far apart the processors are that compute together. A virtual machine can find itself in the
 * one case now and in the other a minute later, and what one thread does with the results of two
 * takes longer in the second: times of unlike cases can't be compared.
 */
public enum Cores {

    /** They have a cache in common. A thread that computes alone is near itself. */
    @JsonProperty("near")
    NEAR,

    /** What one has written reaches the other by way of the memory's interconnect. */
    @JsonProperty("far")
    FAR;

    /** With a last-level cache in common some 50 to 100 ns, without some 200 to 500. */
    private static final double LONGEST_NEAR_NANOS = 150;

    private static final int PASSES = 3;

    /**
     * The case at this moment, of any two processors that threads are scheduled on: those of the
     * engine if there are no more than it uses.
     */
    static Cores now() {
        return CoreDistance.leastRoundTripNanos(PASSES) <= LONGEST_NEAR_NANOS ? NEAR : FAR;
    }

    /** The case throughout something that this is measured before and after, if it is one. */
    Optional<Cores> until(Cores later) {
        return this == later ? Optional.of(this) : Optional.empty();
    }
}
