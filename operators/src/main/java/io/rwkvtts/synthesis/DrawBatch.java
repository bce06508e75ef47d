package io.rwkvtts.synthesis;

import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.sampling.InvalidLogitsException;

/**
 * What is to be drawn for the slots of one call of the engine, and what was drawn: a row for each
 * slot, in the order they were added. It can be filled before the call is made.
 *
 * <p>Owns its arrays, which one call after another uses. For one thread.
 */
final class DrawBatch {

    private final int[] slots;
    private final SegmentGeneration[] generations;
    private final float[][] knownLogits;
    private final boolean[] wanted;
    private final int[] tokens;
    private final InvalidLogitsException[] faults;
    private int size;

    /**
     * @param capacity most rows
     */
    DrawBatch(int capacity) {
        slots = new int[capacity];
        generations = new SegmentGeneration[capacity];
        knownLogits = new float[capacity][];
        wanted = new boolean[capacity];
        tokens = new int[capacity];
        faults = new InvalidLogitsException[capacity];
    }

    void clear() {
        size = 0;
    }

    /** A row for a slot whose logits the engine has, or will have after its next call. */
    void add(int slot, SegmentGeneration generation) {
        add(slot, generation, null);
    }

    /** A row for a slot whose logits are known without the engine. */
    void add(int slot, SegmentGeneration generation, float[] logits) {
        slots[size] = slot;
        generations[size] = generation;
        knownLogits[size] = logits;
        wanted[size] = generation.needsLogits();
        faults[size] = null;
        size++;
    }

    /** Number of rows. */
    int size() {
        return size;
    }

    int slot(int row) {
        return slots[row];
    }

    /** Whether a token is to be drawn; if not, the generation has another one to feed first. */
    boolean wanted(int row) {
        return wanted[row];
    }

    /** Sets what is to be drawn. */
    SegmentGeneration generation(int row) {
        return generations[row];
    }

    /** The logits to draw from, null for those that the engine has of the slot. */
    float[] knownLogits(int row) {
        return knownLogits[row];
    }

    void drawn(int row, int token) {
        tokens[row] = token;
    }

    void failed(int row, InvalidLogitsException fault) {
        faults[row] = fault;
    }

    /**
     * The token drawn.
     *
     * @throws InvalidLogitsException if none could be, since the model is broken
     */
    int token(int row) {
        if (faults[row] != null) {
            throw faults[row];
        }
        return tokens[row];
    }
}
