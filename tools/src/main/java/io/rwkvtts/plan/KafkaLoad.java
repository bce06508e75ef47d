package io.rwkvtts.plan;

import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireCodec;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/**
 * What goes through Kafka for each request, uncompressed and with each record in a batch of its
 * own, which is the most.
 *
 * @param requestBytes of its text event
 * @param tokenRecords of its tokens and its end
 * @param tokenBytes of these records
 */
record KafkaLoad(double requestBytes, double tokenRecords, double tokenBytes) {

    /** A batch's header, a record's fields, and what its two headers with times hold. */
    private static final int OVERHEAD = 61 + 12 + 75;

    private static final String ID = new UUID(-1, -1).toString();
    private static final String MODEL_ID = "0".repeat(64);

    /** English text. */
    private static final int LETTERS_OF_TOKEN = 5;

    /** Of two bytes each, as nearly all are. */
    private static final int TOKEN = 8191;

    private static final int GLOBAL_TOKENS = 32;

    /** Of texts of a mean length. */
    static KafkaLoad of(Texts texts) {
        double letters = (texts.fewest() + texts.most()) / 2.0 * LETTERS_OF_TOKEN;
        double tokens = texts.meanSemanticTokens();
        double chunks =
                1 + Math.max(0, Math.ceil((tokens - Simulation.FIRST_CHUNK) / Simulation.CHUNK));
        double first = size(chunk(Simulation.FIRST_CHUNK, GLOBAL_TOKENS));
        double other = size(chunk(Simulation.CHUNK, 0));
        double end = size(end());
        return new KafkaLoad(
                letters + WireCodec.textEvents().encode(event()).length + ID.length() + OVERHEAD,
                chunks + 1,
                first + (chunks - 1) * other + end);
    }

    private static int size(AudioTokens record) {
        return WireCodec.audioTokens().encode(record).length + ID.length() + OVERHEAD;
    }

    private static TextEvent event() {
        return TextEvent.newBuilder().setRequestId(ID).setText("").build();
    }

    private static AudioTokens chunk(int tokens, int globals) {
        return record(tokens)
                .setGlobalTokens(globals == 0 ? null : Collections.nCopies(globals, TOKEN / 2))
                .build();
    }

    private static AudioTokens end() {
        return record(0).setFinishReason("stop").build();
    }

    private static AudioTokens.Builder record(int tokens) {
        List<Integer> all = Collections.nCopies(tokens, TOKEN);
        return AudioTokens.newBuilder()
                .setRequestId(ID)
                .setSequence(1)
                .setSegment(0)
                .setTokenOffset(TOKEN)
                .setTokens(all)
                .setModelId(MODEL_ID);
    }
}
