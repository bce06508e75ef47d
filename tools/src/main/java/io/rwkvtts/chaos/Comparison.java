package io.rwkvtts.chaos;

import io.rwkvtts.schema.AudioTokens;
import java.util.List;
import java.util.Objects;

/**
 * What a consumer saw of requests under faults, held against an undisturbed run.
 *
 * <p>A request that was cancelled or had a deadline may end so, anywhere: what came before must be
 * the beginning of its undisturbed speech. Any other must be the same to its end.
 *
 * <p>Counted in tokens; an end that is missing counts as one lost, a wrong one as one changed.
 */
public final class Comparison {

    private long tokens;
    private long lost;
    private long duplicated;
    private long changed;

    /** Adds a request: what was to be seen of it, and what was. */
    void add(PlannedRequest request, Speech undisturbed, Speech seen) {
        tokens += seen.tokens();
        long next = 0;
        for (AudioTokens record : seen.records()) {
            long sequence = record.getSequence();
            if (sequence < next) {
                duplicated += record.getTokens().size();
                continue;
            }
            lost += undisturbed.tokensBetween(next, sequence);
            changed += changedTokens(record, undisturbed);
            next = sequence + 1;
        }
        addEnd(request, undisturbed, seen, next);
    }

    private void addEnd(PlannedRequest request, Speech undisturbed, Speech seen, long next) {
        if (!seen.ended()) {
            lost += 1 + undisturbed.tokensBetween(next, Long.MAX_VALUE);
        } else if (seen.finishReason().equals(undisturbed.finishReason())) {
            lost += undisturbed.tokensBetween(next, Long.MAX_VALUE);
            changed += seen.endSequence() == undisturbed.endSequence() ? 0 : 1;
        } else if (mayEnd(request, seen.finishReason())) {
            lost += undisturbed.tokensBetween(next, seen.endSequence());
        } else {
            changed++;
        }
    }

    /** Whether a request may end so, anywhere. */
    static boolean mayEnd(PlannedRequest request, String finishReason) {
        return switch (finishReason) {
            case "cancelled" -> request.cancelAfter().isPresent();
            case "deadline" -> request.deadline() != null;
            default -> false;
        };
    }

    /** Adds records that a consumer had to drop although none may be repeated. */
    void addRepeated(long records) {
        duplicated += records;
    }

    /** Adds tokens of records that were written, but not as in the undisturbed run. */
    void addChanged(long changedTokens) {
        changed += changedTokens;
    }

    /**
     * How many tokens of a record are not those of the undisturbed run; 1 if anything else of it is
     * not, 0 if it is the same.
     */
    static int changedTokens(AudioTokens record, Speech undisturbed) {
        if (record.getSequence() >= undisturbed.records().size()) {
            return record.getTokens().size();
        }
        AudioTokens expected = undisturbed.records().get((int) record.getSequence());
        if (record.equals(expected)) {
            return 0;
        }
        List<Integer> is = record.getTokens();
        List<Integer> should = expected.getTokens();
        int different = Math.abs(is.size() - should.size());
        for (int i = 0; i < Math.min(is.size(), should.size()); i++) {
            different += Objects.equals(is.get(i), should.get(i)) ? 0 : 1;
        }
        return Math.max(1, different);
    }

    /** Tokens that the consumer took. */
    public long tokens() {
        return tokens;
    }

    /** Tokens and ends that the consumer should have seen and did not. */
    public long lost() {
        return lost;
    }

    /** Tokens that the consumer took twice, records that should not have been repeated. */
    public long duplicated() {
        return duplicated;
    }

    /** Tokens and ends that are not those of the undisturbed run. */
    public long changed() {
        return changed;
    }

    /** Whether all of these are 0. */
    public boolean clean() {
        return lost == 0 && duplicated == 0 && changed == 0;
    }
}
