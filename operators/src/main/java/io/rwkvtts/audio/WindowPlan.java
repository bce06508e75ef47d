package io.rwkvtts.audio;

import java.util.Optional;

/**
 * At which number of tokens of a segment a window is decoded, and what of it is emitted (spec 4.6):
 * the first {@code first} tokens at once, then every {@code next} more, and the rest at the end. A
 * window begins {@code left} tokens before what it emits, and keeps its last {@code right} tokens
 * back for the window after it. A function of the tokens alone: it does not matter in which chunks
 * they come.
 *
 * @param first tokens of the first window, more than {@code right}
 * @param next tokens between one window and the next, at least 1
 * @param left tokens decoded again before what is emitted
 * @param right tokens whose samples wait for what follows them
 */
public record WindowPlan(int first, int next, int left, int right) {

    /**
     * Part of a segment to be decoded in one call.
     *
     * @param from first token to decode
     * @param to token after the last one to decode
     * @param emitFrom first token whose samples are emitted
     * @param emitTo token after the last one whose samples are emitted
     */
    public record Window(int from, int to, int emitFrom, int emitTo) {}

    public WindowPlan {
        if (right < 0 || left < 0 || next < 1 || first <= right) {
            throw new IllegalArgumentException(
                    "windows of %d, then %d tokens, with %d before and %d after what is emitted: expected at least 1 more in the first one than after it, at least 1 in the next, and none negative"
                            .formatted(first, next, left, right));
        }
    }

    private static final int FIRST = 10;
    private static final int NEXT = 25;

    /**
     * For listening while it is generated: as the job cuts chunks by default, so that each chunk of
     * tokens gives sound at once.
     */
    public static WindowPlan streaming(CodecFormat format) {
        return of(format, Math.max(FIRST, 2 * format.rightContext()), NEXT);
    }

    /** Windows of these numbers of tokens, with the contexts of a codec. */
    public static WindowPlan of(CodecFormat format, int first, int next) {
        return new WindowPlan(first, next, format.leftContext(), format.rightContext());
    }

    /** Most tokens whose samples are emitted at once. */
    public int mostEmitted() {
        return Math.max(first, next + right);
    }

    /**
     * The next window.
     *
     * @param emitted tokens whose samples have been emitted, by windows of this plan
     * @param known tokens of the segment that are known
     * @param ended whether there will be no more
     */
    Optional<Window> after(int emitted, int known, boolean ended) {
        int to = emitted == 0 ? first : emitted + right + next;
        int from = Math.max(0, emitted - left);
        if (known >= to) {
            return Optional.of(new Window(from, to, emitted, to - right));
        }
        return ended && known > emitted
                ? Optional.of(new Window(from, known, emitted, known))
                : Optional.empty();
    }
}
