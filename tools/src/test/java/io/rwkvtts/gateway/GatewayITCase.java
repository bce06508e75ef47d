package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.gateway.GatewaySettings.Limits;
import io.rwkvtts.gateway.GatewaySettings.Listen;
import io.rwkvtts.schema.TextEvent;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway's endpoints, before the whole job with the demo voice. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class GatewayITCase {

    private static final String HELLO = "Hello, streaming world.";

    @TempDir private static Path directory;
    private static GatewayFixture fixture;
    private static Gateway gateway;
    private static byte[] hello;

    @BeforeAll
    static void start() throws Exception {
        fixture = GatewayFixture.start(directory);
        gateway = fixture.gateway();
        hello = fixture.undisturbed(event(HELLO));
        assertThat(hello.length).isGreaterThan(30_000);
    }

    @AfterAll
    static void stop() throws Exception {
        fixture.close();
    }

    private static TextEvent.Builder event(String text) {
        return TextEvent.newBuilder().setRequestId("").setText(text).setSeed(7L).setGender("male");
    }

    private static String body(String more) {
        return "{\"model\":\"m\",\"input\":\"%s\",\"voice\":\"male\",\"seed\":7%s}"
                .formatted(HELLO, more);
    }

    @Test
    void testSoundIsThatOfTheTokens() throws Exception {
        HttpResponse<byte[]> wav = fixture.speak(gateway, body(""));
        HttpResponse<byte[]> pcm = fixture.speak(gateway, body(",\"response_format\":\"pcm\""));

        assertThat(wav.statusCode()).isEqualTo(200);
        assertThat(wav.headers().firstValue("content-type")).contains("audio/wav");
        assertThat(new String(wav.body(), 0, 4, StandardCharsets.US_ASCII)).isEqualTo("RIFF");
        assertThat(GatewayFixture.samples(wav.body())).isEqualTo(hello);
        assertThat(wav.headers().firstValue("x-request-id").orElseThrow()).startsWith("gw-~");
        assertThat(wav.headers().firstValueAsLong("x-first-audio-ms")).isPresent();
        assertThat(pcm.headers().firstValue("content-type"))
                .contains("audio/pcm;rate=16000;channels=1");
        assertThat(pcm.body()).isEqualTo(hello);
    }

    @Test
    void testServerSentEventsJoinToTheSameSound() throws Exception {
        HttpResponse<byte[]> response =
                fixture.speak(
                        gateway, body(",\"response_format\":\"pcm\",\"stream_format\":\"sse\""));
        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream");
        List<JsonNode> events = GatewayEvents.of(response.body());
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        for (JsonNode event : events.subList(0, events.size() - 1)) {
            assertThat(event.get("type").asText()).isEqualTo("speech.audio.delta");
            pcm.writeBytes(Base64.getDecoder().decode(event.get("audio").asText()));
        }
        JsonNode done = events.get(events.size() - 1);
        assertThat(done.get("type").asText()).isEqualTo("speech.audio.done");
        assertThat(done.get("finish_reason").asText()).isEqualTo("stop");
        assertThat(done.at("/usage/input_tokens").asInt()).isEqualTo(HELLO.length());
        assertThat(done.at("/usage/samples").asInt()).isEqualTo(hello.length / 2);
        assertThat(events.size()).isGreaterThan(3);
        assertThat(pcm.toByteArray()).isEqualTo(hello);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model\":\"m\"}|input|input is missing or blank",
                "{\"input\":\"  \"}|input|input is missing or blank",
                "{\"input\":7}|input|input is no string",
                "{\"input\":\"a\",\"speed\":9}|speed|speed is 9, expected a number from 0.25 to 4",
                "{\"input\":\"a\",\"speed\":\"quick\"}|speed|speed is \"quick\"",
                "{\"input\":\"a\",\"temperature\":-1}|temperature|temperature is -1",
                "{\"input\":\"a\",\"temperature\":\"hot\"}|temperature|temperature is a string",
                "{\"input\":\"a\",\"top_p\":1.5}|top_p|expected a number from 0 to 1",
                "{\"input\":\"a\",\"top_k\":2.5}|top_k|top_k is 2.5, expected a whole number",
                "{\"input\":\"a\",\"seed\":-1}|seed|seed is -1",
                "{\"input\":\"a\",\"seed\":\"18446744073709551616\"}|seed|seed is a string",
                "{\"input\":\"a\",\"emotion\":\"BORED\"}|emotion|emotion is \"BORED\"",
                "{\"input\":\"a\",\"response_format\":\"mp3\"}|response_format|none of wav (the default) and pcm",
                "{\"input\":\"a\",\"stream_format\":\"x\"}|stream_format|none of audio (the default) and sse",
                "{\"input\":\"a\",\"voice\":\"male\",\"gender\":\"female\"}|gender|not that of voice male",
                "{\"input\":\"a\",\"loudness\":1}|loudness|unknown field 'loudness'",
                "{\"input\":\"\\ud83d\"}|input|half a surrogate pair",
                "{\"input\":\"a\",\"input\":\"b\"}||not valid JSON",
                "{\"input\":||not valid JSON",
                "[]||expected a JSON object",
                "''||expected a JSON object",
            })
    void testFieldsThatCannotBeServedAreNamed(String body, String param, String message)
            throws Exception {
        HttpResponse<byte[]> response = fixture.speak(gateway, body);
        JsonNode error = GatewayFixture.json(response).get("error");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(error.get("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.get("message").asText()).contains(message);
        assertThat(error.get("param").asText(null)).isEqualTo(param);
    }

    @Test
    void testWhatTheJobRefusesIsTheClientsFault() throws Exception {
        HttpResponse<byte[]> response =
                fixture.speak(gateway, "{\"input\":\"Hello.\",\"voice\":\"alloy\"}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(GatewayFixture.json(response).at("/error/message").asText()).contains("alloy");
    }

    @Test
    void testDeadlineBeforeTheFirstSoundIsATimeout() throws Exception {
        HttpResponse<byte[]> response =
                fixture.speak(gateway, "{\"input\":\"Hello.\",\"budget_ms\":1}");
        assertThat(response.statusCode()).isEqualTo(504);
        assertThat(GatewayFixture.json(response).at("/error/param").asText())
                .isEqualTo("budget_ms");
    }

    @Test
    void testTextsThatAreTooLongOrNoUtf8AreRefused() throws Exception {
        HttpResponse<byte[]> chars =
                fixture.speak(gateway, "{\"input\":\"%s\"}".formatted("a".repeat(10_001)));
        assertThat(chars.statusCode()).isEqualTo(400);
        assertThat(GatewayFixture.json(chars).at("/error/message").asText())
                .isEqualTo("input has 10001 characters, expected at most 10000");

        HttpResponse<byte[]> huge =
                fixture.speak(gateway, "{\"input\":\"%s\"}".formatted("a".repeat(2_000_000)));
        assertThat(huge.statusCode()).isEqualTo(413);

        byte[] bytes = "{\"input\":\"x\"}".getBytes(StandardCharsets.UTF_8);
        bytes[10] = (byte) 0xff;
        HttpResponse<byte[]> malformed =
                fixture.send(
                        fixture.to(gateway, "/v1/audio/speech")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(bytes))
                                .build());
        assertThat(malformed.statusCode()).isEqualTo(400);
        assertThat(GatewayFixture.json(malformed).at("/error/message").asText())
                .isEqualTo("the body is not well-formed UTF-8");
    }

    @ParameterizedTest
    @CsvSource({
        "/",
        "/page.js",
        "/health",
        "/metrics",
        "/v1/models",
        "/v1/audio/voices",
        "/api/voice-clone/list",
        "/demo"
    })
    void testAHeadIsThatOfTheAnswerToAGet(String path) throws Exception {
        HttpResponse<byte[]> get = fixture.send(fixture.to(gateway, path).build());
        HttpResponse<byte[]> head = method("HEAD", path);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("content-type"))
                .isEqualTo(get.headers().firstValue("content-type"));
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, /v1/audio/speech, POST",
        "DELETE, /v1/audio/speech, POST",
        "HEAD, /v1/audio/speech/gw-~x, GET",
        "POST, /v1/audio/speech/gw-~x, GET",
        "GET, /api/tts, POST",
        "GET, /demo/kill-worker, POST"
    })
    void testAMethodThatIsNotServedIsAnsweredWithThoseThatAre(
            String method, String path, String allowed) throws Exception {
        HttpResponse<byte[]> response = method(method, path);
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).contains(allowed);
    }

    @Test
    void testOfAPageTwoMethodsAreServed() throws Exception {
        for (String path : new String[] {"/", "/v1/models", "/health"}) {
            HttpResponse<byte[]> response = method("POST", path);
            assertThat(response.statusCode()).as(path).isEqualTo(405);
            assertThat(response.headers().firstValue("allow").orElseThrow().split(", ?"))
                    .containsExactlyInAnyOrder("GET", "HEAD");
        }
        assertThat(method("DELETE", "/nothing").statusCode()).isEqualTo(404);
    }

    private static HttpResponse<byte[]> method(String method, String path) throws Exception {
        return fixture.send(
                fixture.to(gateway, path)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build());
    }

    /** Java's client would not send them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%zz",
                "/%",
                "/v1/audio/speech/%4",
                "/v1/audio/speech/gw-~x?from=%zz",
                "/v1/models?x=%",
                "/page.js%"
            })
    void testAPathThatIsMalformedIsTheClientsFault(String path) throws Exception {
        URI address = URI.create(gateway.address());
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            String request =
                    "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .formatted(path);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            assertThat(
                            new String(
                                    socket.getInputStream().readAllBytes(),
                                    StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("invalid_request_error");
        }
    }

    /** As docs/gateway.md says it, without a Content-Type of JSON. */
    @Test
    void testATextWithAPercentSignIsTakenFromCurl() throws Exception {
        HttpResponse<byte[]> response =
                fixture.send(
                        fixture.to(gateway, "/v1/audio/speech")
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                "{\"input\": \"I am 100% sure.\"}"))
                                .build());
        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void testListsAndHealth() throws Exception {
        assertThat(json("/v1/models").at("/data/0/id").asText()).isEqualTo("demo");
        assertThat(json("/v1/audio/voices").get("voices").toString())
                .isEqualTo("[\"default\",\"female\",\"male\",\"anna\"]");
        assertThat(json("/api/voice-clone/list").at("/voices/0/id").asText()).isEqualTo("anna");
        assertThat(json("/health").get("status").asText()).isEqualTo("ok");
        assertThat(json("/nothing").at("/error/type").asText()).isEqualTo("invalid_request_error");
        HttpResponse<byte[]> metrics = fixture.send(fixture.to(gateway, "/metrics").build());
        assertThat(new String(metrics.body(), StandardCharsets.UTF_8))
                .contains("tts_gateway_open_utterances 0.0")
                .contains("tts_gateway_first_audio_seconds_count");
        assertThat(fixture.send(fixture.to(gateway, "/").build()).statusCode()).isEqualTo(200);
    }

    private static JsonNode json(String path) throws Exception {
        return GatewayFixture.json(fixture.send(fixture.to(gateway, path).build()));
    }

    @Test
    void testClientsOfRwkvTtsRsAreServed() throws Exception {
        HttpResponse<byte[]> response =
                fixture.send(
                        fixture.post(
                                gateway,
                                "/api/tts",
                                "{\"text\":\"%s\",\"gender\":\"male\",\"seed\":7,\"voice_id\":\"\"}"
                                        .formatted(HELLO)));
        JsonNode answer = GatewayFixture.json(response);
        assertThat(answer.get("success").asBoolean()).isTrue();
        byte[] wav = Base64.getDecoder().decode(answer.get("audio_base64").asText());
        assertThat(GatewayFixture.samples(wav)).isEqualTo(hello);
        assertThat(answer.get("rtf").asDouble()).isPositive();

        JsonNode refused =
                GatewayFixture.json(fixture.send(fixture.post(gateway, "/api/tts", "{}")));
        assertThat(refused.get("success").asBoolean()).isFalse();
        assertThat(refused.get("error").asText()).isEqualTo("text is missing or blank");
    }

    @Test
    void testForeignPagesAreRefused() throws Exception {
        assertThat(statusFrom(gateway, "https://evil.example")).isEqualTo(403);
        assertThat(statusFrom(gateway, "null")).isEqualTo(403);
        assertThat(statusFrom(gateway, gateway.address())).isEqualTo(200);

        Gateway open =
                fixture.gateway(
                        new Listen("127.0.0.1", 0, Set.of("https://good.example")),
                        Limits.DEFAULT,
                        Optional.empty());
        assertThat(statusFrom(open, "https://good.example")).isEqualTo(200);
        assertThat(statusFrom(open, "https://evil.example")).isEqualTo(403);
        HttpResponse<byte[]> killed =
                fixture.send(
                        fixture.to(gateway, "/demo/kill-worker")
                                .header("Origin", "https://evil.example")
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build());
        assertThat(killed.statusCode()).isEqualTo(403);
    }

    private static int statusFrom(Gateway to, String origin) throws Exception {
        return fixture.send(
                        fixture.to(to, "/v1/audio/speech")
                                .header("Origin", origin)
                                .POST(HttpRequest.BodyPublishers.ofString(body("")))
                                .build())
                .statusCode();
    }

    @Test
    void testKeysNameTheTenantAndGuardItsRequests() throws Exception {
        Path keys =
                Files.writeString(
                        directory.resolve("keys"),
                        "# keys\n0123456789abcdef anna\n\nfedcba9876543210 bert\n");
        Gateway guarded =
                fixture.gateway(GatewayFixture.loopback(), Limits.DEFAULT, Optional.of(keys));
        assertThat(fixture.speak(guarded, body("")).statusCode()).isEqualTo(401);
        assertThat(withKey(guarded, "/v1/audio/speech", "wrong-key-that-is-long").statusCode())
                .isEqualTo(401);
        HttpResponse<byte[]> spoken = withKey(guarded, "/v1/audio/speech", "0123456789abcdef");
        assertThat(spoken.statusCode()).isEqualTo(200);
        String id = spoken.headers().firstValue("x-request-id").orElseThrow();
        assertThat(id).startsWith("gw-anna~");

        assertThat(get(guarded, id, "fedcba9876543210").statusCode()).isEqualTo(404);
        assertThat(get(guarded, id, "0123456789abcdef").statusCode()).isEqualTo(200);
    }

    private static HttpResponse<byte[]> withKey(Gateway to, String path, String key)
            throws Exception {
        return fixture.send(
                fixture.to(to, path)
                        .header("Authorization", "Bearer " + key)
                        .POST(HttpRequest.BodyPublishers.ofString(body("")))
                        .build());
    }

    private static HttpResponse<byte[]> get(Gateway to, String id, String key) throws Exception {
        return fixture.send(
                fixture.to(to, "/v1/audio/speech/" + id)
                        .header("Authorization", "Bearer " + key)
                        .build());
    }

    @Test
    void testRequestIsHeardAgainFromAnySample() throws Exception {
        HttpResponse<byte[]> first = fixture.speak(gateway, body(""));
        String id = first.headers().firstValue("x-request-id").orElseThrow();
        Gateway other = fixture.gateway();
        for (int from : new int[] {0, 1, 3_199, 10_000, hello.length / 2}) {
            HttpResponse<byte[]> rest =
                    fixture.send(
                            fixture.to(
                                            other,
                                            "/v1/audio/speech/%s?response_format=pcm&from=%d"
                                                    .formatted(id, from))
                                    .build());
            assertThat(rest.statusCode()).isEqualTo(200);
            assertThat(rest.body())
                    .isEqualTo(java.util.Arrays.copyOfRange(hello, 2 * from, hello.length));
        }
        HttpResponse<byte[]> guessed =
                fixture.send(fixture.to(other, "/v1/audio/speech/gw-~guessed").build());
        assertThat(guessed.statusCode()).isEqualTo(404);
    }
}
