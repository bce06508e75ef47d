package io.rwkvtts.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ConnectionsTest {

    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final Duration LONG = Duration.ofMinutes(10);

    private final GatewayMetrics metrics = new GatewayMetrics();

    @Test
    void testOneBeyondTheMostIsClosedAndALaterOneIsTaken() throws Exception {
        try (LoopbackServer server = server(2, LONG)) {
            Socket first = served(server);
            try (Socket second = served(server)) {
                try (Socket third = server.connect()) {
                    assertThat(third.getInputStream().read()).isEqualTo(-1);
                }
                assertThat(connections()).isEqualTo(2);
                first.close();
                awaitConnections(1);
                served(server).close();
                assertThat(second.isConnected()).isTrue();
            }
        }
    }

    @Test
    void testAClientThatSendsNothingIsClosed() throws Exception {
        try (LoopbackServer server = server(10, Duration.ofMillis(50));
                Socket silent = server.connect()) {
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            awaitConnections(0);
        }
    }

    @Test
    void testAClientWithHalfAHeadIsClosed() throws Exception {
        try (LoopbackServer server = server(10, Duration.ofMillis(50));
                Socket half = server.connect()) {
            half.getOutputStream().write(REQUEST.substring(0, 20).getBytes(US_ASCII));
            assertThat(half.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void testAClientThatWasAnsweredMayStay() throws Exception {
        try (LoopbackServer server = server(10, Duration.ofMillis(200));
                Socket served = served(server)) {
            // Longer than a client may take for its first request.
            try (Socket silent = server.connect()) {
                assertThat(silent.getInputStream().read()).isEqualTo(-1);
            }
            request(served);
        }
    }

    private LoopbackServer server(int most, Duration requestWithin) throws Exception {
        GatewaySettings.Limits limits =
                new GatewaySettings.Limits(1, most, requestWithin, 1, LONG, LONG);
        Vertx vertx = Vertx.vertx();
        Connections connections = new Connections(metrics, limits);
        return new LoopbackServer(
                vertx,
                connections::opened,
                request -> {
                    connections.head(request);
                    request.handler(body -> {});
                    if (request.headers().contains("Upgrade")) {
                        request.toWebSocket().onSuccess(socket -> connections.received(request));
                    } else if (request.method().equals(HttpMethod.PUT)) {
                        // Refused before its body has come.
                        request.response().setStatusCode(403).end();
                    } else {
                        request.body().onSuccess(body -> request.response().end());
                    }
                });
    }

    /** The head of the second request never ends. */
    @Test
    void testALaterRequestMustComeAsSoonAsTheFirst() throws Exception {
        try (LoopbackServer server = server(10, Duration.ofMillis(300));
                Socket slow = served(server)) {
            slow.setSoTimeout(10);
            slow.getOutputStream().write(REQUEST.substring(0, 20).getBytes(US_ASCII));
            assertThat(closedWhileSending(slow)).isTrue();
            awaitConnections(0);
        }
    }

    /** What came of it arrived while the first was being answered. */
    @Test
    void testARequestThatFollowsAtOnceMustCome() throws Exception {
        try (LoopbackServer server = server(10, Duration.ofMillis(300));
                Socket slow = server.connect()) {
            slow.setSoTimeout(10);
            String both = REQUEST + REQUEST.substring(0, 20);
            slow.getOutputStream().write(both.getBytes(US_ASCII));
            assertThat(closedWhileSending(slow)).isTrue();
        }
    }

    /** Sends a byte after each 10 ms without an answer; false if the head came to an end. */
    private static boolean closedWhileSending(Socket slow) throws IOException {
        for (int sent = 0; sent < 3_000; sent++) {
            try {
                if (slow.getInputStream().read() < 0) {
                    return true;
                }
            } catch (SocketTimeoutException stillOpen) {
                slow.getOutputStream().write('x');
            } catch (SocketException reset) {
                return true;
            }
        }
        return false;
    }

    /** A client that is refused may go on. */
    @Test
    void testARequestThatIsRefusedBeforeItsBodyIsWaitedForNoLongerThanOthers() throws Exception {
        try (LoopbackServer server = server(10, Duration.ofMillis(200));
                Socket refused = server.connect()) {
            String head = "PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n";
            refused.getOutputStream().write((head + "body").getBytes(US_ASCII));
            String answer = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
            assertThat(new String(refused.getInputStream().readNBytes(answer.length()), US_ASCII))
                    .isEqualTo(answer);
            try (Socket silent = server.connect()) {
                assertThat(silent.getInputStream().read()).isEqualTo(-1);
            }
            request(refused);
        }
    }

    @Test
    void testAWebSocketIsCountedUntilItIsClosed() throws Exception {
        try (LoopbackServer server = server(10, Duration.ofMillis(200))) {
            try (Socket socket = server.connect()) {
                String upgrade =
                        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
                socket.getOutputStream().write(upgrade.getBytes(US_ASCII));
                byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 101".length());
                assertThat(new String(status, US_ASCII)).isEqualTo("HTTP/1.1 101");
                // Longer than a request may take.
                try (Socket silent = server.connect()) {
                    assertThat(silent.getInputStream().read()).isEqualTo(-1);
                }
                awaitConnections(1);
            }
            awaitConnections(0);
        }
    }

    private static Socket served(LoopbackServer server) throws IOException {
        Socket socket = server.connect();
        request(socket);
        return socket;
    }

    private static void request(Socket socket) throws IOException {
        socket.getOutputStream().write(REQUEST.getBytes(US_ASCII));
        byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 200 OK\r\n".length());
        assertThat(new String(answer, US_ASCII)).isEqualTo("HTTP/1.1 200 OK\r\n");
        String rest = "content-length: 0\r\n\r\n";
        socket.getInputStream().readNBytes(rest.length());
    }

    private int connections() {
        return metrics.text()
                .toString()
                .lines()
                .filter(line -> line.startsWith("tts_gateway_connections "))
                .mapToInt(line -> (int) Double.parseDouble(line.split(" ")[1]))
                .findFirst()
                .orElseThrow();
    }

    private void awaitConnections(int expected) {
        while (connections() != expected) {
            Thread.onSpinWait();
        }
    }
}
