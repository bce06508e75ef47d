package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.schema.AudioTokens;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenFormatTest {

    @Test
    void testChunkForPeople() {
        assertThat(TokenFormat.TEXT.line(new ReceivedTokens(chunk("r1"), 0, 1_000, 1_250)))
                .isEqualTo("r1 #3 at 0.70 s: 2 tokens of segment 1, 250 ms after the request");
    }

    @Test
    void testEndAndGapForPeople() {
        AudioTokens end =
                AudioTokens.newBuilder(chunk("r1"))
                        .setTokens(List.of())
                        .setFinishReason("error")
                        .setError("text is blank")
                        .build();

        assertThat(TokenFormat.TEXT.line(new ReceivedTokens(end, 2, -1, -1)))
                .isEqualTo(
                        "r1 #3 at 0.70 s: error (text is blank), 2 records before it never came");
    }

    @Test
    void testForeignControlCharactersDoNotReachTheTerminal() {
        assertThat(TokenFormat.TEXT.line(new ReceivedTokens(chunk("\u001b[2Jx"), 0, -1, -1)))
                .startsWith("\ufffd[2Jx #3 ");
    }

    @Test
    void testJsonHoldsAllFields() {
        assertThat(TokenFormat.JSON.line(new ReceivedTokens(chunk("r\n1"), 0, 1_000, 1_250)))
                .isEqualTo(
                        "{\"requestId\":\"r\\n1\",\"sequence\":3,\"segment\":1,\"tokenOffset\":35,"
                                + "\"tokens\":[0,8191],\"globalTokens\":null,\"modelId\":\"m\","
                                + "\"finishReason\":null,\"error\":null,\"gap\":false,\"missing\":0,"
                                + "\"requestTimestampMs\":1000,\"emittedAtMs\":1250}");
    }

    private static AudioTokens chunk(String id) {
        return AudioTokens.newBuilder()
                .setRequestId(id)
                .setSequence(3)
                .setSegment(1)
                .setTokenOffset(35)
                .setTokens(List.of(0, 8191))
                .setModelId("m")
                .build();
    }
}
