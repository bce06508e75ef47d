package io.rwkvtts.chaos;

import io.rwkvtts.schema.AudioTokens;
import java.util.List;

/**
 * What a consumer took of a request, in its order.
 *
 * @param records without the one that ends the request
 * @param finishReason null if that did not come
 * @param endSequence number of the record that ends the request, -1 if it did not come
 */
record Speech(List<AudioTokens> records, String finishReason, long endSequence) {

    Speech {
        records = List.copyOf(records);
    }

    /** Of records in the consumer's order, the last of which may be the end. */
    static Speech of(List<AudioTokens> accepted) {
        if (accepted.isEmpty() || accepted.get(accepted.size() - 1).getFinishReason() == null) {
            return new Speech(accepted, null, -1);
        }
        AudioTokens end = accepted.get(accepted.size() - 1);
        return new Speech(
                accepted.subList(0, accepted.size() - 1), end.getFinishReason(), end.getSequence());
    }

    boolean ended() {
        return finishReason != null;
    }

    int tokens() {
        return tokensBetween(0, records.size());
    }

    /** Tokens of the records from one place to before another. */
    int tokensBetween(long from, long to) {
        int tokens = 0;
        for (long place = from; place < Math.min(to, records.size()); place++) {
            tokens += records.get((int) place).getTokens().size();
        }
        return tokens;
    }
}
