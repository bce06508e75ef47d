package io.rwkvtts.synthesis;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.Prompt;
import io.rwkvtts.protocol.SegmentGeneration;

/**
 * One segment of a request while it is generated in a slot: what is to be fed before it takes part
 * in the steps, how much of that is fed, the generation after it, and how many of its tokens are
 * out. Mutable; owned by the loop.
 */
final class ActiveSegment {
    final int slot;
    final int[] prompt;

    /** How many tokens at the beginning of the prompt stand for its voice, in every text. */
    final int voiceTokens;

    final SegmentGeneration generation;

    /** What to prefill: the prompt, or after a restore without state all that was fed before. */
    final int[] prefill;

    private final GenerationLimits limits;
    private int prefilled;
    private int emitted;

    /** Logits after the whole prompt if they were known and are not used yet; else null. */
    private float[] knownLogits;

    /** State that the slot is to get before its next token is fed; null if it has its own. */
    private byte[] stateToLoad;

    /** Whether the {@link PrefixCache} is to keep the state after the voice, and the prompt. */
    private boolean keepVoice;

    private boolean keepPrompt;

    /** A segment from its beginning. */
    ActiveSegment(int slot, Prompt prompt, GenerationLimits limits, SegmentGeneration generation) {
        this(slot, prompt.tokens(), prompt.voiceTokens(), limits, generation, prompt.tokens());
    }

    private ActiveSegment(
            int slot,
            int[] prompt,
            int voiceTokens,
            GenerationLimits limits,
            SegmentGeneration generation,
            int[] prefill) {
        this.slot = slot;
        this.prompt = prompt;
        this.voiceTokens = voiceTokens;
        this.limits = limits;
        this.generation = generation;
        this.prefill = prefill;
    }

    /** A segment as {@code snapshot} found it, in a slot of its own. */
    static ActiveSegment restore(int slot, SegmentSnapshot snapshot, SegmentGeneration generation) {
        boolean recompute = snapshot.state() == null;
        ActiveSegment active =
                new ActiveSegment(
                        slot,
                        snapshot.prompt(),
                        0,
                        snapshot.limits(),
                        generation,
                        recompute ? snapshot.progress().fed(snapshot.prompt()) : snapshot.prompt());
        active.prefilled = snapshot.promptFed();
        active.emitted = snapshot.emitted();
        active.stateToLoad = snapshot.state();
        return active;
    }

    /**
     * Leaves out a beginning of the prompt.
     *
     * @param state after these tokens
     * @param logits after them, if they are the whole prompt; else null
     */
    void skip(int tokens, byte[] state, float[] logits) {
        stateToLoad = state;
        prefilled = tokens;
        knownLogits = waiting() ? null : logits;
    }

    /** Marks what is to be kept when it has been fed. */
    void keep(boolean voice, boolean wholePrompt) {
        keepVoice = voice;
        keepPrompt = wholePrompt;
    }

    /** Whether exactly the voice has been fed, and the state after it is to be kept. */
    boolean atVoiceToKeep() {
        return keepVoice && prefilled == voiceTokens;
    }

    /** Whether exactly the prompt has been fed, and the state after it is to be kept. */
    boolean atPromptToKeep() {
        return keepPrompt && prefilled == prompt.length;
    }

    /** The next piece to feed, of at most that many tokens. */
    PromptPiece nextPiece(int maxTokens) {
        int end = Math.min(prefill.length, prefilled + maxTokens);
        if (keepVoice && prefilled < voiceTokens) {
            end = Math.min(end, voiceTokens);
        }
        return new PromptPiece(slot, prefill, prefilled, end);
    }

    /** Whether nothing is left to prefill when a piece has been fed. */
    boolean completedBy(PromptPiece piece) {
        return piece.to() == prefill.length;
    }

    /** A piece was fed. */
    void fed(PromptPiece piece) {
        prefilled = piece.to();
    }

    /** How many tokens to prefill are fed, or need not be. */
    int prefilled() {
        return prefilled;
    }

    /** How many tokens are still to be prefilled. */
    int left() {
        return prefill.length - prefilled;
    }

    /** Whether something is to be fed before the segment takes part in the steps. */
    boolean waiting() {
        return left() > 0;
    }

    /** Whether the segment takes part in the steps. */
    boolean decoding() {
        return !waiting() && knownLogits == null;
    }

    /** Whether the state alone is enough to continue: not within a restore, nor at known logits. */
    boolean resumable() {
        return knownLogits == null && (prefill == prompt || !waiting());
    }

    /** Logits after the whole prompt if they were known and are not used yet; else null. */
    float[] knownLogits() {
        return knownLogits;
    }

    /** The known logits, which are used now. */
    float[] takeKnownLogits() {
        float[] logits = knownLogits;
        knownLogits = null;
        return logits;
    }

    /** State that the slot is to get before its next token is fed; null if it has its own. */
    byte[] stateToLoad() {
        return stateToLoad;
    }

    /** The state to load, which is loaded now. */
    byte[] takeStateToLoad() {
        byte[] state = stateToLoad;
        stateToLoad = null;
        return state;
    }

    /**
     * A token was drawn.
     *
     * @return whether it is a semantic one, 20 ms of speech
     */
    boolean drawn(int token) {
        int tokensBefore = generation.semanticCount();
        generation.drawn(token);
        return generation.semanticCount() > tokensBefore;
    }

    /** How many semantic tokens are out. */
    int emitted() {
        return emitted;
    }

    /** The semantic tokens that are not out, which go out now; a new array. */
    int[] takeTokens() {
        int[] tokens = generation.semantics(emitted, generation.semanticCount());
        emitted += tokens.length;
        return tokens;
    }

    /**
     * The segment as it stands between two steps.
     *
     * @param state the bits of its slot, null to have them computed again
     */
    SegmentSnapshot snapshot(EngineModel model, byte[] state) {
        return new SegmentSnapshot(
                prompt,
                state == null ? 0 : Math.min(prefilled, prompt.length),
                emitted,
                limits,
                generation.progress(),
                StateIds.of(model),
                state);
    }
}
