package io.rwkvtts.synthesis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.rwkvtts.engine.InferenceEngine;
import java.util.Arrays;

/**
 * States after the beginnings of prompts, so that what many prompts have in common is fed once: of
 * whole prompts, with the logits after them, and of the tokens at their beginning that describe the
 * voice. What is asked for the second time is kept; so a prompt that never comes again costs
 * nothing but a look. Tokens do not depend on any of this: a state does not depend on the pieces in
 * which its prompt is fed (design: "Determinism").
 *
 * <p>Owns the states, which lie on the heap up to a number of bytes. For the thread of the {@link
 * SynthesisLoop}, and for one engine.
 */
public final class PrefixCache {

    /** The size that holds nothing. */
    public static final long OFF = 0;

    /** Prefixes that are remembered as having been asked for. */
    private static final int REMEMBERED = 10_000;

    /**
     * A beginning of a prompt that need not be fed.
     *
     * @param tokens their number
     * @param state after them
     * @param logits after them, if they are a whole prompt; else null
     */
    record Prefix(int tokens, byte[] state, float[] logits) {

        int bytes() {
            int logitBytes = logits == null ? 0 : logits.length * Float.BYTES;
            return tokens * Integer.BYTES + state.length + logitBytes;
        }
    }

    private static final class Tokens {
        private final int[] prompt;
        private final int count;
        private final int hash;

        Tokens(int[] prompt, int count) {
            this.prompt = prompt;
            this.count = count;
            int sum = 1;
            for (int i = 0; i < count; i++) {
                sum = 31 * sum + prompt[i];
            }
            hash = sum;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Tokens tokens
                    && Arrays.equals(prompt, 0, count, tokens.prompt, 0, tokens.count);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final boolean off;
    private final Cache<Tokens, Prefix> prefixes;

    /** By hash: two prefixes with the same only make one of them be kept too early. */
    private final Cache<Integer, Boolean> asked;

    /**
     * @param maxBytes most bytes of all states together, {@link #OFF} for none
     * @param stateBytes bytes of one state
     */
    public PrefixCache(long maxBytes, int stateBytes) {
        if (maxBytes != OFF && maxBytes < stateBytes) {
            throw new IllegalArgumentException(
                    "%d bytes, expected room for one state of this model, %d bytes, at least, or 0 to keep none"
                            .formatted(maxBytes, stateBytes));
        }
        off = maxBytes == OFF;
        prefixes =
                Caffeine.newBuilder()
                        .maximumWeight(maxBytes)
                        .weigher((Tokens tokens, Prefix prefix) -> prefix.bytes())
                        .executor(Runnable::run)
                        .build();
        asked = Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();
    }

    boolean isOff() {
        return off;
    }

    /**
     * Has a segment leave out the longest beginning of its prompt that is kept; else marks what of
     * it is to be kept when it has been fed.
     *
     * @return how many tokens are left out
     */
    int skipKnown(ActiveSegment active) {
        Prefix known = find(active);
        if (known == null) {
            return 0;
        }
        active.skip(known.tokens(), known.state(), known.logits());
        return known.tokens();
    }

    private Prefix find(ActiveSegment active) {
        int[] prompt = active.prompt;
        Tokens whole = new Tokens(prompt, prompt.length);
        Prefix known = prefixes.getIfPresent(whole);
        if (known != null) {
            return known;
        }
        boolean keepPrompt = askedBefore(whole);
        if (active.voiceTokens == 0) {
            active.keep(false, keepPrompt);
            return null;
        }
        Tokens voice = new Tokens(prompt, active.voiceTokens);
        known = prefixes.getIfPresent(voice);
        active.keep(known == null && askedBefore(voice), keepPrompt);
        return known;
    }

    private boolean askedBefore(Tokens tokens) {
        return asked.asMap().put(tokens.hashCode(), true) != null;
    }

    /** Keeps the state of the segment's slot if it is one of those marked. */
    void keep(ActiveSegment active, InferenceEngine engine) {
        if (active.atVoiceToKeep()) {
            keep(active, engine, null);
        }
        if (active.atPromptToKeep()) {
            float[] logits = new float[active.generation.logitsNeeded()];
            engine.logits(active.slot, logits, logits.length);
            keep(active, engine, logits);
        }
    }

    private void keep(ActiveSegment active, InferenceEngine engine, float[] logits) {
        int count = active.prefilled();
        prefixes.put(
                new Tokens(Arrays.copyOf(active.prompt, count), count),
                new Prefix(count, engine.saveState(active.slot), logits));
    }
}
