package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.audio.Convolution;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.schema.AudioTokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlayedRequestsTest {

    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private boolean broken;

    private final AudioSink sink =
            new AudioSink() {
                @Override
                public void write(byte[] pcm) throws IOException {
                    if (broken) {
                        throw new IOException("the device is gone");
                    }
                    heard.writeBytes(pcm);
                }

                @Override
                public void close() {}
            };

    private PlayedRequests player() {
        return new PlayedRequests(new Convolution(), new DecoderOptions(), sink);
    }

    /** Its speaker and its tokens have the number of the request. */
    private static ReceivedTokens chunk(int request, boolean first, int tokens) {
        return received(
                AudioTokens.newBuilder()
                        .setTokens(Collections.nCopies(tokens, request))
                        .setGlobalTokens(first ? Collections.nCopies(32, request) : null),
                request);
    }

    private static ReceivedTokens end(int request) {
        return received(
                AudioTokens.newBuilder().setTokens(List.of()).setFinishReason("stop"), request);
    }

    private static ReceivedTokens received(AudioTokens.Builder tokens, int request) {
        return new ReceivedTokens(
                tokens.setRequestId("r" + request)
                        .setSequence(0)
                        .setSegment(0)
                        .setTokenOffset(0)
                        .build(),
                0,
                -1,
                -1);
    }

    private byte[] alone(int request) throws IOException {
        ByteArrayOutputStream together = new ByteArrayOutputStream();
        together.writeBytes(heard.toByteArray());
        heard.reset();
        try (PlayedRequests player = player()) {
            player.received(chunk(request, true, 10));
            player.received(chunk(request, false, 20));
            player.received(end(request));
        }
        byte[] alone = heard.toByteArray();
        heard.reset();
        heard.writeBytes(together.toByteArray());
        return alone;
    }

    @Test
    void testRequestsAreHeardOneAfterTheOther() throws IOException {
        try (PlayedRequests player = player()) {
            player.received(chunk(1, true, 10));
            player.received(chunk(2, true, 10));
            player.received(chunk(3, false, 10));
            player.received(chunk(2, false, 20));
            player.received(end(2));
            player.received(chunk(1, false, 20));
            player.received(end(1));
            player.received(end(3));
        }
        byte[] together = heard.toByteArray();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(alone(1));
        expected.writeBytes(alone(2));
        assertThat(together).isEqualTo(expected.toByteArray());
        assertThat(together).hasSize(2 * 30 * 3 * 2);
    }

    @Test
    void testWhatIsStillGeneratedIsHeardAtTheEnd() throws IOException {
        try (PlayedRequests player = player()) {
            player.received(chunk(1, true, 10));
            player.received(chunk(2, true, 10));
        }
        assertThat(heard.size()).isEqualTo(2 * 10 * 3 * 2);
    }

    @Test
    void testDeviceThatFailsIsSaid() throws IOException {
        broken = true;
        PlayedRequests player = player();
        player.received(chunk(1, true, 10));
        assertThatThrownBy(player::close)
                .isInstanceOf(IOException.class)
                .hasMessage("the device is gone");
    }
}
