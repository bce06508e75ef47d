package io.rwkvtts.client;

import io.rwkvtts.schema.AudioTokens;
import java.util.List;

/** Records of the token topic for tests. */
final class TokenRecords {

    private TokenRecords() {}

    static AudioTokens chunk(String id, long sequence) {
        return AudioTokens.newBuilder()
                .setRequestId(id)
                .setSequence(sequence)
                .setSegment(0)
                .setTokenOffset(sequence)
                .setTokens(List.of(1))
                .build();
    }

    static AudioTokens end(String id, long sequence) {
        return AudioTokens.newBuilder(chunk(id, sequence))
                .setTokens(List.of())
                .setFinishReason("stop")
                .build();
    }

    static ReceivedTokens received(AudioTokens tokens) {
        return new ReceivedTokens(tokens, 0, -1, -1);
    }
}
