package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.gateway.GatewaySettings.Limits;
import io.rwkvtts.schema.TextEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers, gateways and clients that go away, and clients that mean harm. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class GatewayFaultsITCase {

    private static final int LEAVING = 200;
    private static final int SLOW = 50;

    @TempDir private static Path directory;
    private static GatewayFixture fixture;
    private static Gateway gateway;

    /** Some 12 s of sound. */
    private static final String LONG = GatewayFixture.LONG_TEXT;

    @BeforeAll
    static void start() throws Exception {
        fixture = GatewayFixture.start(directory);
        gateway = fixture.gateway();
    }

    @AfterAll
    static void stop() throws Exception {
        fixture.close();
    }

    private static byte[] undisturbed() {
        return fixture.undisturbed(
                TextEvent.newBuilder().setRequestId("").setText(LONG).setSeed(7L));
    }

    private static String body(String text, String more) {
        return "{\"input\":\"%s\",\"seed\":7,\"response_format\":\"pcm\"%s}".formatted(text, more);
    }

    private static HttpResponse<InputStream> begin(Gateway to, String body) throws Exception {
        return fixture.http.send(
                fixture.post(to, "/v1/audio/speech", body),
                HttpResponse.BodyHandlers.ofInputStream());
    }

    @Test
    void testKilledWorkerChangesNoSample() throws Exception {
        HttpResponse<InputStream> response = begin(gateway, body(LONG, ""));
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        heard.writeBytes(response.body().readNBytes(6_000));
        fixture.stack().killWorker();
        heard.writeBytes(response.body().readAllBytes());
        assertThat(heard.toByteArray()).isEqualTo(undisturbed());
    }

    /** The client hears the rest from another gateway. */
    @Test
    void testEndedGatewayLosesNoSample() throws Exception {
        Gateway first = fixture.gateway();
        Gateway second = fixture.gateway();
        HttpResponse<InputStream> response = begin(first, body(LONG, ""));
        String id = response.headers().firstValue("x-request-id").orElseThrow();
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        heard.writeBytes(response.body().readNBytes(6_000));
        first.close();
        try {
            heard.writeBytes(response.body().readAllBytes());
        } catch (IOException broken) {
            // What had left the gateway is not heard by this client: it counts what it has.
        }
        HttpResponse<byte[]> rest =
                fixture.send(
                        fixture.to(
                                        second,
                                        "/v1/audio/speech/%s?response_format=pcm&from=%d"
                                                .formatted(id, heard.size() / 2))
                                .build());
        heard.writeBytes(rest.body());
        assertThat(heard.toByteArray()).isEqualTo(undisturbed());
    }

    /** Requests that said so continue without their client. */
    @Test
    void testRequestThatContinuesIsHeardLater() throws Exception {
        HttpResponse<InputStream> response =
                begin(gateway, body(LONG, ",\"on_disconnect\":\"continue\""));
        String id = response.headers().firstValue("x-request-id").orElseThrow();
        response.body().readNBytes(6_000);
        response.body().close();
        HttpResponse<byte[]> all =
                fixture.send(
                        fixture.to(gateway, "/v1/audio/speech/%s?response_format=pcm".formatted(id))
                                .build());
        assertThat(all.body()).isEqualTo(undisturbed());
    }

    /** A client by hand, which can leave and be slow. */
    private static Socket raw(Gateway to, String body, int receiveBuffer) throws IOException {
        URI address = URI.create(to.address());
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(address.getHost(), address.getPort()));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head =
                "POST /v1/audio/speech HTTP/1.1\r\nHost: %s:%d\r\nContent-Length: %d\r\n\r\n"
                        .formatted(address.getHost(), address.getPort(), bytes.length);
        OutputStream out = socket.getOutputStream();
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.flush();
        return socket;
    }

    /** How the requests of the gateway end from now on. */
    private static Map<String, Integer> ends(TokenListener listener, int count) {
        Map<String, Integer> ends = new HashMap<>();
        int seen = 0;
        while (seen < count) {
            for (ReceivedTokens record : listener.poll(Duration.ofMillis(100))) {
                if (record.end() && record.tokens().getRequestId().startsWith("gw-")) {
                    ends.merge(record.tokens().getFinishReason(), 1, Integer::sum);
                    seen++;
                }
            }
        }
        return ends;
    }

    /** Some in mid-generation, most while they wait for a slot. */
    @Test
    void testClientsThatLeaveTakeNoSlots() throws Exception {
        try (TokenListener listener = fixture.listener()) {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < LEAVING; i++) {
                sockets.add(raw(gateway, body(LONG.repeat(60), ""), 0));
            }
            // The first has sound, so those that wait for a slot do so by now.
            assertThat(sockets.get(0).getInputStream().readNBytes(2_000)).hasSize(2_000);
            for (Socket socket : sockets) {
                socket.close();
            }
            assertThat(ends(listener, LEAVING)).isEqualTo(Map.of("cancelled", LEAVING));
        }
        await().until(() -> gateway.openUtterances() == 0);
        HttpResponse<byte[]> next = fixture.speak(gateway, body("Hello.", ""));
        assertThat(next.statusCode()).isEqualTo(200);
    }

    @Test
    void testClientsThatTakeNothingAreBoundedThenCancelled() throws Exception {
        Limits small =
                new Limits(
                        20_000,
                        1_000,
                        Duration.ofSeconds(10),
                        64 << 10,
                        Duration.ofSeconds(3),
                        Duration.ofMinutes(1));
        Gateway bounded = fixture.gateway(GatewayFixture.loopback(), small, Optional.empty());
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < SLOW; i++) {
            sockets.add(raw(bounded, body(LONG.repeat(8), ""), 4_096));
        }
        await().until(() -> bounded.openUtterances() == SLOW);
        await().atMost(Duration.ofMinutes(2)).until(() -> bounded.openUtterances() == 0);
        HttpResponse<byte[]> metrics = fixture.send(fixture.to(bounded, "/metrics").build());
        assertThat(new String(metrics.body(), StandardCharsets.UTF_8))
                .contains("tts_gateway_utterances_total{end=\"slow_client\"} " + SLOW + ".0");
        // Their connections are closed, although they read nothing; one is ours.
        await().until(
                        () ->
                                new String(
                                                fixture.send(
                                                                fixture.to(bounded, "/metrics")
                                                                        .build())
                                                        .body(),
                                                StandardCharsets.UTF_8)
                                        .contains("tts_gateway_connections 1.0"));
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** A player takes sound as fast as it plays it, which is slower than it is generated. */
    @Test
    void testClientThatTakesItsTimeHearsAll() throws Exception {
        Limits small =
                new Limits(
                        20_000,
                        1_000,
                        Duration.ofSeconds(10),
                        64 << 10,
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1));
        Gateway bounded = fixture.gateway(GatewayFixture.loopback(), small, Optional.empty());
        String text = LONG.repeat(8);
        byte[] expected =
                fixture.undisturbed(
                        TextEvent.newBuilder().setRequestId("").setText(text).setSeed(7L));
        try (TokenListener listener = fixture.listener()) {
            HttpResponse<InputStream> response = begin(bounded, body(text, ""));
            // All has been generated: what does not fit waits as tokens.
            assertThat(ends(listener, 1)).isEqualTo(Map.of("stop", 1));
            assertThat(bounded.openUtterances()).isOne();
            assertThat(response.body().readAllBytes()).isEqualTo(expected);
        }
    }

    /** Heads and bodies that do not come to their end, and connections beyond the limit. */
    @Test
    void testClientsThatSendSlowlyAreClosed() throws Exception {
        Limits impatient =
                new Limits(
                        20_000,
                        20,
                        Duration.ofMillis(300),
                        4 << 20,
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1));
        Gateway guarded = fixture.gateway(GatewayFixture.loopback(), impatient, Optional.empty());
        String[] beginnings = {
            "",
            "POST /v1/audio/speech HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
            "POST /v1/audio/speech HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{",
        };
        for (String beginning : beginnings) {
            try (Socket socket = connect(guarded)) {
                socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).as(beginning).isEqualTo(-1);
            }
        }
        List<Socket> many = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            many.add(connect(guarded));
        }
        int closed = 0;
        for (Socket socket : many) {
            closed += socket.getInputStream().read() < 0 ? 1 : 0;
            socket.close();
        }
        assertThat(closed).isEqualTo(40);
        assertThat(fixture.speak(guarded, body("Hello.", "")).statusCode()).isEqualTo(200);
    }

    private static Socket connect(Gateway to) throws IOException {
        URI address = URI.create(to.address());
        Socket socket = new Socket(address.getHost(), address.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /**
     * A client whose line broke twice before the gateway saw it, and another that is still there.
     */
    @Test
    void testARequestMayBeHeardByManyAtOnce() throws Exception {
        HttpResponse<InputStream> first =
                begin(gateway, body(LONG, ",\"on_disconnect\":\"continue\""));
        String id = first.headers().firstValue("x-request-id").orElseThrow();
        first.body().readNBytes(6_000);
        Gateway other = fixture.gateway();
        List<CompletableFuture<HttpResponse<byte[]>>> resumed = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String path = "/v1/audio/speech/%s?response_format=pcm&from=%d".formatted(id, 100 * i);
            HttpRequest request = fixture.to(other, path).build();
            resumed.add(fixture.http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray()));
        }
        byte[] all = undisturbed();
        for (int i = 0; i < resumed.size(); i++) {
            HttpResponse<byte[]> response = resumed.get(i).get();
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(Arrays.copyOfRange(all, 200 * i, all.length));
        }
        first.body().close();
    }

    /** An error that nobody foresaw ends the thread that reads the tokens of all requests. */
    @Test
    void testAGatewayThatReadsNoMoreTokensIsUnhealthy() throws Exception {
        Set<Thread> before = threads("speech-client");
        Gateway deaf = fixture.gateway();
        assertThat(fixture.send(fixture.to(deaf, "/health").build()).statusCode()).isEqualTo(200);
        Set<Thread> readers = threads("speech-client");
        readers.removeAll(before);
        assertThat(readers).hasSize(2);
        for (Thread reader : readers) {
            reader.interrupt();
            reader.join();
        }

        HttpResponse<byte[]> health = fixture.send(fixture.to(deaf, "/health").build());
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(GatewayFixture.json(health).get("tokens").asText()).isEqualTo("no longer read");
        assertThat(GatewayFixture.json(health).get("kafka").asText()).isEqualTo("reachable");
        HttpResponse<byte[]> refused = fixture.speak(deaf, body("Hello.", ""));
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(GatewayFixture.json(refused).at("/error/message").asText())
                .contains("must be restarted");
    }

    private static Set<Thread> threads(String... prefixes) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> Stream.of(prefixes).anyMatch(thread.getName()::startsWith))
                .collect(Collectors.toCollection(HashSet::new));
    }

    @Test
    void testAGatewayThatCannotStartLeavesNothingBehind() throws Exception {
        String[] own = {"vert.x-", "gateway-", "speech-client"};
        Set<Thread> before = threads(own);
        int taken = URI.create(gateway.address()).getPort();
        GatewaySettings.Listen listen = new GatewaySettings.Listen("127.0.0.1", taken, Set.of());
        assertThatIOException()
                .isThrownBy(() -> fixture.gateway(listen, Limits.DEFAULT, Optional.empty()))
                .withMessageContaining("cannot listen on 127.0.0.1:" + taken);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                Gateway.start(
                                        fixture.settings(
                                                GatewayFixture.loopback(),
                                                Limits.DEFAULT,
                                                Optional.empty()),
                                        fixture.speech().withTopics("tts-requests", "missing"),
                                        fixture.decoder(),
                                        Optional.empty()))
                .withMessageContaining("missing");
        await().until(() -> before.containsAll(threads(own)));
    }

    @Test
    void testKafkaThatIsAwayIsSaidAtOnce() throws Exception {
        try (GatewayFixture other = GatewayFixture.start(directory.resolve("other"))) {
            Gateway lonely = other.gateway();
            assertThat(other.speak(lonely, body("Hello.", "")).statusCode()).isEqualTo(200);
            other.stack().close();
            await().atMost(Duration.ofSeconds(30))
                    .until(
                            () ->
                                    other.send(other.to(lonely, "/health").build()).statusCode()
                                            == 503);
            HttpResponse<byte[]> refused = other.speak(lonely, body("Hello.", ""));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).contains("1");
            assertThat(GatewayFixture.json(refused).at("/error/message").asText())
                    .contains("Kafka cannot be reached");
        }
    }
}
