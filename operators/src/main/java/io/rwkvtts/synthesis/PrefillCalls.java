package io.rwkvtts.synthesis;

import io.rwkvtts.engine.PromptPiece;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What of the prompts that wait is fed between two steps, and in which calls: an engine pads the
 * pieces of a call to the longest, and padding takes as long as tokens do, so only pieces of like
 * length share a call.
 */
final class PrefillCalls {

    /**
     * Padding that is cheaper than a call more, in tokens: a call of one token takes as long as six
     * further tokens do (12 layers × 768, 8-bit, two processors).
     */
    private static final int MAX_PADDING = 5;

    private PrefillCalls() {}

    /**
     * The pieces of each call, the calls of short pieces first.
     *
     * @param requests that hold a slot, those whose prompts are fed first before the others
     * @param maxTokens most tokens of all calls together
     */
    static List<List<PromptPiece>> of(Collection<RunningRequest> requests, int maxTokens) {
        List<PromptPiece> pieces = pieces(requests, maxTokens);
        pieces.sort(Comparator.comparingInt(PromptPiece::length));
        List<List<PromptPiece>> calls = new ArrayList<>();
        int begin = 0;
        for (int end = 1; end <= pieces.size(); end++) {
            if (end == pieces.size() || padding(pieces, begin, end) > MAX_PADDING) {
                calls.add(pieces.subList(begin, end));
                begin = end;
            }
        }
        return calls;
    }

    private static List<PromptPiece> pieces(Collection<RunningRequest> requests, int maxTokens) {
        List<PromptPiece> pieces = new ArrayList<>();
        int left = maxTokens;
        for (RunningRequest request : requests) {
            ActiveSegment active = request.active();
            if (left > 0 && active.waiting()) {
                PromptPiece piece = active.nextPiece(left);
                pieces.add(piece);
                left -= piece.length();
            }
        }
        return pieces;
    }

    /** What the pieces before {@code next} are padded with more if it joins their call. */
    private static int padding(List<PromptPiece> pieces, int begin, int next) {
        return (next - begin) * (pieces.get(next).length() - pieces.get(next - 1).length());
    }
}
