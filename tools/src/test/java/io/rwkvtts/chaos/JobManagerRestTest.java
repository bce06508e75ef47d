package io.rwkvtts.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.rwkvtts.local.LoopbackPorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class JobManagerRestTest {

    private static final String TWO = "{\"taskmanagers\": [{}, {}]}";

    private final List<HttpServer> servers = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void stopServers() {
        servers.forEach(server -> server.stop(0));
    }

    @Test
    void testAnotherOneIsAskedWhereOneIsDeadOrKnowsNoLeader() throws Exception {
        int dead = start(200, TWO);
        servers.get(0).stop(0);
        int leaderless = start(503, "{}");
        int alive = start(200, TWO);
        JobManagerRest rest = new JobManagerRest(List.of(dead, leaderless, alive));

        assertThat(rest.taskManagers()).isEqualTo(2);
        assertThat(rest.allAnswer()).isFalse();
    }

    @Test
    void testTheOneThatAnsweredLastIsAskedFirst() throws Exception {
        int leaderless = start(503, "{}");
        int alive = start(200, TWO);
        JobManagerRest rest = new JobManagerRest(List.of(leaderless, alive));

        rest.taskManagers();
        asked.set(0);
        assertThat(rest.taskManagers()).isEqualTo(2);
        assertThat(asked.get()).isEqualTo(1);
    }

    @Test
    void testAllAnswerWhereEachKnowsALeader() throws Exception {
        JobManagerRest rest = new JobManagerRest(List.of(start(200, TWO), start(200, TWO)));

        assertThat(rest.allAnswer()).isTrue();
    }

    @Test
    void testNothingIsKnownWhereNobodyAnswers() throws Exception {
        JobManagerRest rest = new JobManagerRest(List.of(start(503, "{}"), start(503, "{}")));

        assertThat(rest.taskManagers()).isZero();
        assertThat(rest.speaking("job")).isEmpty();
        assertThat(rest.newestCheckpoint("job")).isEmpty();
    }

    /** A JobManager that answers everything with this; its port. */
    private int start(int status, String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(LoopbackPorts.HOST, 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    asked.incrementAndGet();
                    byte[] bytes = body.getBytes(UTF_8);
                    exchange.sendResponseHeaders(status, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        server.start();
        servers.add(server);
        return server.getAddress().getPort();
    }
}
