package io.rwkvtts.bench.load;

import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.text.WorldTokenizer;
import java.util.OptionalInt;
import java.util.Random;

/** Makes requests, each of one event, with texts of one length. For one thread. */
final class Requests {

    private final String prefix;
    private final TextLength length;
    private final OptionalInt tokensPerSegment;
    private final WorldTokenizer tokenizer;
    private final Random random;
    private int made;

    /**
     * @param prefix of the ids, which must be unique in the life of a job
     * @param seed of the texts
     * @param tokensPerSegment semantic tokens that each segment is made to have; empty to leave it
     *     to the model
     */
    Requests(
            String prefix,
            TextLength length,
            long seed,
            OptionalInt tokensPerSegment,
            WorldTokenizer tokenizer) {
        this.prefix = prefix;
        this.length = length;
        this.tokensPerSegment = tokensPerSegment;
        this.tokenizer = tokenizer;
        random = new Random(seed);
    }

    TextEvent next() {
        TextEvent.Builder event =
                TextEvent.newBuilder()
                        .setRequestId(prefix + made++)
                        .setText(length.text(random, tokenizer));
        tokensPerSegment.ifPresent(
                tokens -> event.setMinSemanticTokens(tokens).setMaxSemanticTokens(tokens));
        return event.build();
    }
}
