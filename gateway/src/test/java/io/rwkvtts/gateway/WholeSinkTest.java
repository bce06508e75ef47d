package io.rwkvtts.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.audio.WavFile;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.util.Base64;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WholeSinkTest {

    private static final int RATE = 16_000;
    private static final UtteranceEnd.Usage USAGE = new UtteranceEnd.Usage(1, 1, 1);

    /** The pieces are no multiples of what base64 encodes together. */
    @Test
    void testPiecesJoinToOneFileOfTheRightLength() throws Exception {
        byte[][] pieces = {new byte[2], {1, 2, 3, 4}, {}, {5, 6}, new byte[1_000], {7, 8}};
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            pcm.writeBytes(piece);
        }
        JsonNode answer =
                answer(
                        sink -> {
                            sink.length(pcm.size() / 2);
                            for (byte[] piece : pieces) {
                                sink.audio(piece, 0);
                            }
                            sink.ended(new UtteranceEnd("stop", null, USAGE));
                        },
                        200);
        ByteArrayOutputStream wav = new ByteArrayOutputStream();
        wav.writeBytes(WavFile.header(pcm.size(), RATE));
        wav.writeBytes(pcm.toByteArray());
        assertThat(answer.get("success").booleanValue()).isTrue();
        assertThat(answer.get("rtf").isNumber()).isTrue();
        assertThat(answer.get("duration_ms").isNumber()).isTrue();
        assertThat(Base64.getDecoder().decode(answer.get("audio_base64").textValue()))
                .isEqualTo(wav.toByteArray());
    }

    @Test
    void testAnEndBeforeAnySoundIsAnError() throws Exception {
        JsonNode answer =
                answer(sink -> sink.ended(new UtteranceEnd("overloaded", null, USAGE)), 503);
        assertThat(answer.get("success").booleanValue()).isFalse();
        assertThat(answer.get("error").textValue()).contains("queue is full");
    }

    /** A client must not take it for the whole. */
    @Test
    void testAnEndInTheMiddleBreaksTheConnection() throws Exception {
        try (LoopbackServer server =
                        server(
                                sink -> {
                                    sink.length(100);
                                    sink.audio(new byte[10], 0);
                                    sink.ended(new UtteranceEnd("failed", "lost", USAGE));
                                });
                Socket socket = server.connect()) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
            assertThat(answer).contains("audio_base64").doesNotEndWith("0\r\n\r\n");
        }
    }

    private static LoopbackServer server(Consumer<WholeSink> speak) throws Exception {
        return new LoopbackServer(
                Vertx.vertx(),
                connection -> {},
                request -> speak.accept(new WholeSink(request, RATE)));
    }

    private static JsonNode answer(Consumer<WholeSink> speak, int status) throws Exception {
        try (LoopbackServer server = server(speak)) {
            HttpURLConnection connection =
                    (HttpURLConnection)
                            URI.create("http://127.0.0.1:" + server.port())
                                    .toURL()
                                    .openConnection();
            assertThat(connection.getResponseCode()).isEqualTo(status);
            return read(connection);
        }
    }

    private static JsonNode read(HttpURLConnection connection) throws IOException {
        return new ObjectMapper()
                .readTree(
                        connection.getResponseCode() < 400
                                ? connection.getInputStream()
                                : connection.getErrorStream());
    }
}
