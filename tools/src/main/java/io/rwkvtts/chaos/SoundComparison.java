package io.rwkvtts.chaos;

/** What a listener heard of requests under faults, held against an undisturbed run. */
public final class SoundComparison {

    private long samples;
    private int lost;
    private int changed;

    /** Adds a request that ended. */
    void add(long itsSamples, boolean same) {
        samples += itsSamples;
        changed += same ? 0 : 1;
    }

    /** Adds a request whose sound did not end. */
    void addLost() {
        lost++;
    }

    /** Samples that were heard. */
    public long samples() {
        return samples;
    }

    /** Requests whose sound did not end. */
    public int lost() {
        return lost;
    }

    /** Requests with a sample that is not that of the undisturbed run. */
    public int changed() {
        return changed;
    }

    /** Whether all of these are 0. */
    public boolean clean() {
        return lost == 0 && changed == 0;
    }
}
