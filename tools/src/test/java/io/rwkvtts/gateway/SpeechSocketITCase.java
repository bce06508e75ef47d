package io.rwkvtts.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.gateway.GatewaySettings.Limits;
import io.rwkvtts.schema.TextEvent;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gateway's WebSocket, before the whole job with the demo voice. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SpeechSocketITCase {

    @TempDir private static Path directory;
    private static GatewayFixture fixture;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws Exception {
        fixture = GatewayFixture.start(directory);
        gateway = fixture.gateway();
    }

    @AfterAll
    static void stop() throws Exception {
        fixture.close();
    }

    private static byte[] undisturbed(String text) {
        return fixture.undisturbed(
                TextEvent.newBuilder().setRequestId("").setText(text).setSeed(7L));
    }

    private static SocketClient connect(String session) throws Exception {
        SocketClient client = new SocketClient(fixture.http, gateway);
        assertThat(client.next().get("sample_rate").asInt()).isEqualTo(16_000);
        client.send("{\"type\":\"session.update\",\"session\":%s}".formatted(session));
        assertThat(client.next().get("type").asText()).isEqualTo("session.updated");
        return client;
    }

    /** A listener hears the first sentence while the second one is being written. */
    @Test
    void testSoundComesBeforeTheTextHasEnded() throws Exception {
        String first = "Words come one by one from a model that writes. ";
        String second = "It goes on while you listen.";
        try (SocketClient client = connect("{\"seed\":7}")) {
            for (String word : first.split("(?<= )")) {
                client.append(word);
            }
            // The sentence has ended for sure when another one begins.
            client.append(second.substring(0, 3));
            JsonNode delta = client.next("speech.audio.delta");
            ByteArrayOutputStream pcm = new ByteArrayOutputStream();
            pcm.writeBytes(java.util.Base64.getDecoder().decode(delta.get("audio").asText()));
            assertThat(delta.get("sample_offset").asLong()).isZero();
            client.append(second.substring(3));
            client.flush();
            JsonNode done = client.audioUntilDone(pcm);
            assertThat(done.get("finish_reason").asText()).isEqualTo("stop");
            assertThat(done.at("/usage/input_tokens").asInt())
                    .isEqualTo(first.length() + second.length());
            assertThat(pcm.toByteArray()).isEqualTo(undisturbed(first + second));
        }
    }

    @Test
    void testUtterancesFollowEachOther() throws Exception {
        String[] texts = {GatewayFixture.LONG_TEXT, "Yes.", "Good morning to all of you."};
        try (SocketClient client = connect("{\"seed\":\"7\",\"audio_format\":\"binary\"}")) {
            for (String text : texts) {
                client.append(text);
                client.flush();
            }
            client.send("{\"type\":\"input_text.end\"}");
            for (String text : texts) {
                JsonNode done = client.next("speech.audio.done");
                assertThat(done.get("finish_reason").asText()).isEqualTo("stop");
                assertThat(done.at("/usage/samples").asInt())
                        .isEqualTo(undisturbed(text).length / 2);
            }
            assertThat(client.closeStatus()).isEqualTo(1000);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (String text : texts) {
                all.writeBytes(undisturbed(text));
            }
            assertThat(client.takeBinary()).isEqualTo(all.toByteArray());
        }
    }

    @Test
    void testBargeInEndsAllThatIsGenerated() throws Exception {
        try (SocketClient client = connect("{}")) {
            client.append(GatewayFixture.LONG_TEXT.repeat(20));
            client.next("speech.audio.delta");
            client.send("{\"type\":\"response.cancel\"}");
            assertThat(client.next("speech.audio.done").get("finish_reason").asText())
                    .isEqualTo("cancelled");
            client.append("And now something else.");
            client.flush();
            assertThat(client.next("speech.audio.done").get("finish_reason").asText())
                    .isEqualTo("stop");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello||not valid JSON",
                "{}|type|type is none of",
                "{\"type\":\"input_text.append\"}|text|text is missing",
                "{\"type\":\"session.update\"}|session|session is no object",
                "{\"type\":\"session.update\",\"session\":{\"speed\":\"x\"}}|speed|speed is",
                "{\"type\":\"session.update\",\"session\":{\"audio_format\":\"mp3\"}}|audio_format|none of base64 and binary",
                "{\"type\":\"session.update\",\"session\":{\"loud\":1}}|loud|unknown field 'loud'",
            })
    void testMessagesThatCannotBeServedAreAnswered(String message, String param, String error)
            throws Exception {
        try (SocketClient client = connect("{\"seed\":7}")) {
            client.send(message);
            JsonNode answer = client.next("error").get("error");
            assertThat(answer.get("param").asText(null)).isEqualTo(param);
            assertThat(answer.get("message").asText()).contains(error);

            client.append("Hello.");
            client.flush();
            ByteArrayOutputStream pcm = new ByteArrayOutputStream();
            client.audioUntilDone(pcm);
            assertThat(pcm.toByteArray()).isEqualTo(undisturbed("Hello."));
        }
    }

    @Test
    void testWhatTheJobRefusesIsToldAndTheConnectionStays() throws Exception {
        try (SocketClient client = connect("{\"voice\":\"nobody\"}")) {
            client.append("Hello.");
            client.flush();
            assertThat(client.next("error").at("/error/message").asText()).contains("nobody");
            assertThat(client.next("speech.audio.done").get("finish_reason").asText())
                    .isEqualTo("error");
            client.send("{\"type\":\"session.update\",\"session\":{}}");
            client.append("Hello.");
            client.flush();
            assertThat(client.next("speech.audio.done").get("finish_reason").asText())
                    .isEqualTo("stop");
        }
    }

    /** Some 4 kB that would become 4 MB. */
    @Test
    void testCompressionIsNotAgreedOnAndNotTaken() throws Exception {
        String offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
        try (RawSocket client = new RawSocket(gateway, offer)) {
            assertThat(client.head())
                    .startsWith("HTTP/1.1 101 ")
                    .doesNotContainIgnoringCase("Sec-WebSocket-Extensions");
            byte[] bomb = new byte[10_000];
            Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
            deflater.setInput(new byte[4 << 20]);
            deflater.finish();
            int length = deflater.deflate(bomb);
            deflater.end();
            client.sendLast(RawSocket.COMPRESSED | RawSocket.TEXT, Arrays.copyOf(bomb, length));
            assertThat(client.closeCode()).isEqualTo(1002);
        }
    }

    @Test
    void testTextThatIsNoUtf8EndsTheConnection() throws Exception {
        byte[] half = "{\"type\":\"input_text.append\",\"text\":\"\u00e9".getBytes(UTF_8);
        try (RawSocket client = new RawSocket(gateway, "")) {
            client.send(RawSocket.TEXT, Arrays.copyOf(half, half.length - 1));
            client.sendLast(RawSocket.CONTINUATION, "x\"}".getBytes(UTF_8));
            assertThat(client.closeCode()).isEqualTo(1007);
        }
        try (RawSocket client = new RawSocket(gateway, "")) {
            client.send(RawSocket.TEXT, new byte[0]);
            client.send(RawSocket.CONTINUATION, Arrays.copyOf(half, half.length - 1));
            client.send(RawSocket.PING | 0x80, new byte[0]);
            byte[] rest = {half[half.length - 1], '"', '}'};
            client.sendLast(RawSocket.CONTINUATION, rest);
            assertThat(client.nextWith("speech.created")).contains("gw-~");
        }
    }

    @Test
    void testAMessageIsBoundedHoweverItIsCut() throws Exception {
        byte[] piece = " ".repeat(10_000).getBytes(UTF_8);
        try (RawSocket client = new RawSocket(gateway, "")) {
            client.send(RawSocket.TEXT, piece);
            for (int sent = 0; sent < Limits.DEFAULT.bodyBytes(); sent += piece.length) {
                client.send(RawSocket.CONTINUATION, piece);
            }
            assertThat(client.closeCode()).isEqualTo(1009);
        }
        try (RawSocket client = new RawSocket(gateway, "")) {
            client.announce(RawSocket.TEXT, Limits.DEFAULT.bodyBytes() + 1);
            assertThat(client.closeCode()).isEqualTo(1009);
        }
    }

    /**
     * Of the sound that waits for a client that does not read, none keeps its word from the job.
     */
    @Test
    void testBargeInOfAClientThatDoesNotReadReachesTheJob() throws Exception {
        String text = GatewayFixture.LONG_TEXT.repeat(60);
        try (RawSocket client = new RawSocket(gateway, "");
                TokenListener listener = fixture.listener()) {
            client.send("{\"type\":\"input_text.append\",\"text\":\"%s\"}".formatted(text));
            client.send("{\"type\":\"input_text.flush\"}");
            // More than the system holds for a connection: some of it waits in the gateway.
            long tokens = 0;
            while (tokens < 1_500) {
                for (ReceivedTokens record : listener.poll(Duration.ofMillis(100))) {
                    tokens += record.tokens().getTokens().size();
                }
            }
            client.send("{\"type\":\"response.cancel\"}");
            String reason = null;
            while (reason == null) {
                for (ReceivedTokens record : listener.poll(Duration.ofMillis(100))) {
                    reason = record.end() ? record.tokens().getFinishReason() : reason;
                }
            }
            assertThat(reason).isEqualTo("cancelled");
            assertThat(client.nextWith("speech.audio.done")).contains("cancelled");
        }
    }

    /** Vert.x answers pings by itself, and keeps the answers for ever. */
    @Test
    void testAClientThatSendsPingsAndDoesNotReadIsClosed() throws Exception {
        try (RawSocket client = new RawSocket(gateway, "")) {
            assertThatIOException()
                    .isThrownBy(
                            () -> {
                                for (int i = 0; i < 500_000; i++) {
                                    client.sendLast(RawSocket.PING, new byte[125]);
                                }
                            });
        }
        try (RawSocket client = new RawSocket(gateway, "")) {
            assertThatIOException()
                    .isThrownBy(
                            () -> {
                                for (int i = 0; i < 500_000; i++) {
                                    client.send("no JSON");
                                }
                            });
        }
    }

    @Test
    void testForeignPagesAreRefused() {
        assertThatThrownBy(() -> new SocketClient(fixture.http, gateway, "https://evil.example"))
                .hasMessageContaining("WebSocketHandshakeException");
        new SocketClient(fixture.http, gateway, gateway.address()).close();
    }
}
