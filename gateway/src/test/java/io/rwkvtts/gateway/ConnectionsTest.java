package io.rwkvtts.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
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
                new GatewaySettings.Limits(1, 1, most, requestWithin, 1, LONG, LONG);
        Vertx vertx = Vertx.vertx();
        Connections connections = new Connections(vertx, metrics, limits);
        return new LoopbackServer(
                vertx,
                connections::opened,
                request -> {
                    connections.received(request.connection());
                    request.response().end();
                });
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
