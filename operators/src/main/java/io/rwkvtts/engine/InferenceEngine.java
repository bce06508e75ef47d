package io.rwkvtts.engine;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Steps the recurrent states of several sequences through one RWKV-7 model.
 *
 * <p>A <em>slot</em> holds the state of one sequence. Slots are numbered from 0 to {@link #slots()}
 * − 1; which of them are in use is the caller's business. The state of a slot and the logits it
 * yields have the same bits whatever the other slots of a call, their number, their order and the
 * pieces a prompt is cut into (design: "Determinism").
 *
 * <p>An engine belongs to one thread: no method may be called by another, nor two at once. After
 * {@link #close()} every method but {@code close} throws {@link IllegalStateException}.
 */
public interface InferenceEngine extends AutoCloseable {

    /** Identity and sizes of the loaded model. */
    EngineModel model();

    /** Number of sequences that can be held at once. */
    int slots();

    /**
     * Sets the state of {@code slot} to that of an empty sequence (all zeros). Slots that are no
     * longer needed should be cleared: an engine need not keep or move an empty state.
     */
    void clear(int slot);

    /**
     * Feeds a piece of tokens to each of several distinct slots in one call. Afterwards {@link
     * #logits} of each of these slots are those after the last token of its piece.
     *
     * @param pieces at least one; of any lengths from 1
     * @throws IllegalArgumentException for a slot named twice, or a slot or token out of range; no
     *     state has changed then
     * @throws InferenceException if the computation failed; the states of these slots are undefined
     *     then
     */
    void prefill(List<PromptPiece> pieces);

    /**
     * Feeds one token to each of the first {@code count} slots of {@code slots}: {@code tokens[i]}
     * to {@code slots[i]}. Allocates nothing proportional to the model or the batch.
     *
     * @throws IllegalArgumentException as {@link #prefill}
     * @throws InferenceException as {@link #prefill}
     */
    void step(int[] slots, int[] tokens, int count);

    /**
     * Copies the first {@code count} logits of the slot's latest token into {@code destination}.
     * They are there from the call of {@link #prefill} or {@link #step} that fed the token until
     * the next call of either.
     *
     * @param count from 1 to {@link EngineModel#headRows()}
     * @throws IllegalStateException if the latest call of {@code prefill} or {@code step} did not
     *     feed this slot
     */
    void logits(int slot, float[] destination, int count);

    /**
     * What draws tokens from the logits where they are; empty if they are to be drawn from what
     * {@link #logits} copies. The same tokens either way.
     */
    default Optional<EngineSampler> sampler() {
        return Optional.empty();
    }

    /**
     * The state of a slot as a new array of {@link EngineModel#stateBytes()} bytes, bit for bit, in
     * the layout {@link EngineModel#stateLayout()}.
     */
    byte[] saveState(int slot);

    /**
     * Overwrites the state of a slot with one made by {@link #saveState} of an engine with the same
     * weights and state layout.
     *
     * @throws IllegalArgumentException if the length is not {@link EngineModel#stateBytes()}
     */
    void loadState(int slot, byte[] state);

    /**
     * The states of several slots, each as by {@link #saveState}. One call, so that an engine on
     * another device can copy them together.
     */
    default byte[][] saveStates(int[] slots) {
        byte[][] states = new byte[slots.length][];
        for (int i = 0; i < slots.length; i++) {
            states[i] = saveState(slots[i]);
        }
        return states;
    }

    /**
     * Overwrites the states of several slots, each as by {@link #loadState}: {@code states[i]} is
     * for {@code slots[i]}.
     *
     * @throws IllegalArgumentException as {@code loadState}, or if there are not as many of both
     */
    default void loadStates(int[] slots, byte[][] states) {
        if (slots.length != states.length) {
            throw new IllegalArgumentException(
                    "%d states for %d slots: expected as many of both"
                            .formatted(states.length, slots.length));
        }
        for (int i = 0; i < slots.length; i++) {
            loadState(slots[i], states[i]);
        }
    }

    /**
     * Bytes of the memory of a device that the engine took when it was opened; 0 if it computes on
     * the CPU. May be asked by any thread.
     */
    default long deviceBytes() {
        return 0;
    }

    /**
     * The thread of its own on which the engine computes, in the order of what it is given: calls
     * that are made there do not hold up the caller. Empty if the engine computes on the thread
     * that calls it.
     */
    default Optional<Executor> ownThread() {
        return Optional.empty();
    }

    /**
     * Makes the engine as it was when it was opened, for the next who uses it, who may be another
     * thread. False if it can't be, as after a failed computation: then it is to be closed.
     */
    default boolean reset() {
        return false;
    }

    /** Frees the native memory. Further calls do nothing. */
    @Override
    void close();
}
