package io.rwkvtts.audio;

import java.util.Arrays;
import java.util.Optional;

/**
 * The sound of one segment while it is generated: tokens in, samples out, each sample once. What it
 * holds between two calls is a few tokens and a number, so that it can be kept in a snapshot
 * ({@link #held}) and continued with the very same samples.
 *
 * <p>Belongs to one thread.
 */
public final class SegmentAudio {

    private final WindowPlan plan;
    private final int[] globals;

    /** Tokens from {@link #heldFrom} on; the first {@link #count} places are used. */
    private int[] tokens;

    private int heldFrom;
    private int count;
    private int emitted;

    /**
     * What must be kept to continue.
     *
     * @param globals of the speaker
     * @param tokens those that a later window needs, from token {@code from} of the segment on
     * @param from place of the first of them
     * @param emitted tokens whose samples have been emitted
     */
    public record Held(int[] globals, int[] tokens, int from, int emitted) {}

    /**
     * A segment from its beginning.
     *
     * @param globals 32 ids from 0 to 4095
     * @throws IllegalArgumentException for other ids
     */
    public SegmentAudio(WindowPlan plan, int[] globals) {
        this(plan, new Held(globals, new int[0], 0, 0));
    }

    /** A segment as {@link #held} gave it, by the same plan. */
    public SegmentAudio(WindowPlan plan, Held held) {
        TokenIds.requireGlobals(held.globals);
        TokenIds.requireSemantics(held.tokens);
        this.plan = plan;
        globals = held.globals.clone();
        tokens = held.tokens.clone();
        heldFrom = held.from;
        count = held.tokens.length;
        emitted = held.emitted;
    }

    /**
     * Takes in the next tokens of the segment.
     *
     * @throws IllegalArgumentException if an id is out of range; then none is taken in
     */
    public void add(int[] semantics) {
        TokenIds.requireSemantics(semantics);
        if (count + semantics.length > tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(64, 2 * (count + semantics.length)));
        }
        System.arraycopy(semantics, 0, tokens, count, semantics.length);
        count += semantics.length;
    }

    /**
     * The next window that the tokens so far allow.
     *
     * @param ended whether the segment has no more tokens
     * @return what to decode; empty if more tokens are needed, or all is emitted. The same again
     *     until {@link #emitted} is called
     */
    public Optional<AudioWindow> window(boolean ended) {
        return plan.after(emitted, heldFrom + count, ended)
                .map(
                        window ->
                                new AudioWindow(
                                        Arrays.copyOfRange(
                                                tokens,
                                                window.from() - heldFrom,
                                                window.to() - heldFrom),
                                        globals,
                                        window.emitFrom() - window.from(),
                                        window.emitTo() - window.emitFrom()));
    }

    /** The samples of the window that {@link #window} gave have been emitted. */
    public void emitted(AudioWindow window) {
        emitted += window.emitted();
        forgetBefore(Math.max(0, emitted - plan.left()));
    }

    /**
     * Decodes the next window that the tokens so far allow.
     *
     * @param ended whether the segment has no more tokens
     * @return its samples; empty if more tokens are needed, or all is emitted
     * @throws AudioException if the decoder fails; the window is then still to be decoded
     */
    public Optional<float[]> next(AudioDecoder decoder, boolean ended) {
        return window(ended)
                .map(
                        window -> {
                            float[] samples = window.decode(decoder);
                            emitted(window);
                            return samples;
                        });
    }

    private void forgetBefore(int token) {
        int dropped = token - heldFrom;
        count -= dropped;
        System.arraycopy(tokens, dropped, tokens, 0, count);
        heldFrom = token;
    }

    /** What must be kept to continue from here. */
    public Held held() {
        return new Held(globals.clone(), Arrays.copyOf(tokens, count), heldFrom, emitted);
    }
}
