package io.rwkvtts.engine;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.LongToIntFunction;

/**
 * An {@link InferenceEngine} without a model, for tests of what is built upon one.
 *
 * <p>The state of a slot is a 64-bit hash of every token fed so far, in order, and the logits are
 * pseudo-random numbers in [−4, 4) seeded by it: a token that is lost, doubled, reordered or fed to
 * another slot changes all later logits of the sequence. As with a real model, the same tokens give
 * the same logits in any slot, in any batch, in any pieces, and after a save and a load.
 *
 * <p>A test can script the end of the speech ({@link #endAfter}) and act between the calls ({@link
 * #beforeStep}, {@link #beforePrefill}): count them, fail one, or hold one at a latch. The engine
 * also checks its owner: the first thread that feeds, clears, saves or loads must remain the only
 * one.
 */
public final class ScriptedEngine implements InferenceEngine {

    private static final int END_OF_SPEECH = 8192;
    private static final int TAG_SEMANTIC = 8194;
    private static final float CERTAIN = 100;

    private final EngineModel model;
    private final History[] states;
    private final History[] outputs;
    private LongToIntFunction semanticTokens;
    private IntConsumer beforeStep = call -> {};
    private IntConsumer beforePrefill = call -> {};
    private int stepCalls;
    private int prefillCalls;
    private Thread owner;
    private boolean closed;

    /** An engine of {@code slots} slots that shows {@code model} to its caller. */
    public ScriptedEngine(EngineModel model, int slots) {
        if (model.stateBytes() != History.BYTES) {
            throw new IllegalArgumentException("the state of a script has 24 bytes: " + model);
        }
        this.model = model;
        states = new History[slots];
        Arrays.fill(states, History.EMPTY);
        outputs = new History[slots];
    }

    /** An engine with the id space of the TTS models: 77,923 rows of embedding, 8193 of head. */
    public static ScriptedEngine tts(int slots) {
        return new ScriptedEngine(model(77_923, 8193), slots);
    }

    /** A model of these sizes. */
    public static EngineModel model(int vocabRows, int headRows) {
        return new EngineModel(
                "scripted-weights", "scripted-numerics", 1, vocabRows, headRows, History.BYTES);
    }

    /**
     * From now on the end of speech (8192) is certain once {@code tokens} tokens were fed after the
     * latest 8194, and impossible before.
     */
    public ScriptedEngine endAfter(int tokens) {
        return endAfter(prompt -> tokens);
    }

    /**
     * As {@link #endAfter(int)}, the number being a function of the hash of all tokens up to the
     * latest 8194: sequences with other prompts or other global tokens can have other lengths.
     */
    public ScriptedEngine endAfter(LongToIntFunction tokensOfPrompt) {
        semanticTokens = requireNonNull(tokensOfPrompt, "tokensOfPrompt");
        return this;
    }

    /** {@code action} runs before each step, with the number of the call, from 1. */
    public ScriptedEngine beforeStep(IntConsumer action) {
        beforeStep = requireNonNull(action, "action");
        return this;
    }

    /** {@code action} runs before each prefill, with the number of the call, from 1. */
    public ScriptedEngine beforePrefill(IntConsumer action) {
        beforePrefill = requireNonNull(action, "action");
        return this;
    }

    /** Calls of {@link #step} so far. */
    public int stepCalls() {
        return stepCalls;
    }

    /** Calls of {@link #prefill} so far. */
    public int prefillCalls() {
        return prefillCalls;
    }

    /** Tokens fed to a slot since it was empty. */
    public int tokensFed(int slot) {
        return states[slot].length;
    }

    /** Whether {@link #close} was called. */
    public boolean closed() {
        return closed;
    }

    @Override
    public EngineModel model() {
        checkOpen();
        return model;
    }

    @Override
    public int slots() {
        checkOpen();
        return states.length;
    }

    @Override
    public void clear(int slot) {
        checkOwner();
        states[checkSlot(slot)] = History.EMPTY;
    }

    @Override
    public void prefill(List<PromptPiece> pieces) {
        checkOwner();
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("prefill without pieces");
        }
        boolean[] named = new boolean[states.length];
        for (PromptPiece piece : pieces) {
            checkDistinct(named, piece.slot());
            for (int i = piece.from(); i < piece.to(); i++) {
                checkToken(piece.tokens()[i]);
            }
        }
        Arrays.fill(outputs, null);
        beforePrefill.accept(++prefillCalls);
        for (PromptPiece piece : pieces) {
            for (int i = piece.from(); i < piece.to(); i++) {
                feed(piece.slot(), piece.tokens()[i]);
            }
        }
    }

    @Override
    public void step(int[] slots, int[] tokens, int count) {
        checkOwner();
        if (count < 1 || count > slots.length || count > tokens.length) {
            throw new IllegalArgumentException("step of " + count + " slots");
        }
        boolean[] named = new boolean[states.length];
        for (int i = 0; i < count; i++) {
            checkDistinct(named, slots[i]);
            checkToken(tokens[i]);
        }
        Arrays.fill(outputs, null);
        beforeStep.accept(++stepCalls);
        for (int i = 0; i < count; i++) {
            feed(slots[i], tokens[i]);
        }
    }

    @Override
    public void logits(int slot, float[] destination, int count) {
        checkOwner();
        History history = outputs[checkSlot(slot)];
        if (history == null) {
            throw new IllegalStateException("slot " + slot + " was not fed by the latest call");
        }
        if (count < 1 || count > model.headRows() || count > destination.length) {
            throw new IllegalArgumentException("count " + count);
        }
        for (int i = 0; i < count; i++) {
            destination[i] = (mix(history.hash + i) >>> 40) * 0x1p-21f - 4;
        }
        if (semanticTokens != null && history.distance > 0 && count > END_OF_SPEECH) {
            boolean end = history.distance > semanticTokens.applyAsInt(history.tagHash);
            destination[END_OF_SPEECH] = end ? CERTAIN : -CERTAIN;
        }
    }

    @Override
    public byte[] saveState(int slot) {
        checkOwner();
        return states[checkSlot(slot)].toBytes();
    }

    @Override
    public void loadState(int slot, byte[] state) {
        checkOwner();
        checkSlot(slot);
        if (state.length != History.BYTES) {
            throw new IllegalArgumentException("a state of " + state.length + " bytes");
        }
        states[slot] = History.of(state);
    }

    @Override
    public void close() {
        closed = true;
    }

    private void feed(int slot, int token) {
        states[slot] = states[slot].with(token);
        outputs[slot] = states[slot];
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
    }

    private void checkOwner() {
        checkOpen();
        Thread caller = Thread.currentThread();
        if (owner == null) {
            owner = caller;
        }
        if (owner != caller) {
            throw new IllegalStateException("engine of " + owner + " called by " + caller);
        }
    }

    private int checkSlot(int slot) {
        if (slot < 0 || slot >= states.length) {
            throw new IllegalArgumentException("slot " + slot + " of " + states.length);
        }
        return slot;
    }

    private void checkDistinct(boolean[] named, int slot) {
        if (named[checkSlot(slot)]) {
            throw new IllegalArgumentException("slot " + slot + " is named twice");
        }
        named[slot] = true;
    }

    private void checkToken(int token) {
        if (token < 0 || token >= model.vocabRows()) {
            throw new IllegalArgumentException("token " + token + " of " + model.vocabRows());
        }
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /**
     * What a slot has been fed.
     *
     * @param hash of all tokens in order
     * @param length number of tokens
     * @param distance 0 before the first 8194, then 1 + the tokens fed after the latest
     * @param tagHash {@code hash} at the latest 8194
     */
    private record History(long hash, int length, int distance, long tagHash) {

        static final int BYTES = 2 * Long.BYTES + 2 * Integer.BYTES;
        static final History EMPTY = new History(0, 0, 0, 0);

        History with(int token) {
            long next = mix(hash * 31 + token + 0x9E3779B97F4A7C15L);
            if (token == TAG_SEMANTIC) {
                return new History(next, length + 1, 1, next);
            }
            return new History(next, length + 1, distance == 0 ? 0 : distance + 1, tagHash);
        }

        byte[] toBytes() {
            return ByteBuffer.allocate(BYTES)
                    .putLong(hash)
                    .putInt(length)
                    .putInt(distance)
                    .putLong(tagHash)
                    .array();
        }

        static History of(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            return new History(in.getLong(), in.getInt(), in.getInt(), in.getLong());
        }
    }
}
