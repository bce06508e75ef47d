package io.rwkvtts.synthesis;

/**
 * A part of a step of the {@link SynthesisLoop}: one call of the engine, with the tokens drawn
 * after it, and what the loop makes of them. Between the two the loop may take in and give back
 * requests, but take no snapshots.
 */
public interface StepPart {

    /**
     * What the engine does. Reads and writes the engine and what belongs to this part alone; may be
     * called by another thread than the loop's.
     *
     * @throws io.rwkvtts.engine.InferenceException if the engine failed; the loop is not to be used
     *     any more then
     */
    void compute();

    /** What comes of it. By the loop's thread, once, when {@link #compute} has returned. */
    void apply();
}
