package io.rwkvtts.cli;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** {@code tts top} where there are no metrics. */
class TopCommandTest {

    @Test
    void testNobodyListens() {
        TtsRun.of("top", "--metrics=http://127.0.0.1:1/metrics")
                .assertFailure("no metrics from http://127.0.0.1:1/metrics", "(--metrics)");
    }

    @Test
    void testNoAddressOfAServer() {
        TtsRun.of("top", "--metrics=9249").assertFailure("no metrics from 9249", "(--metrics)");
    }

    @Test
    void testAnotherServer() throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        try {
            TtsRun.of("top", "--metrics=http://127.0.0.1:" + server.getAddress().getPort())
                    .assertFailure("status 404");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void testMetricsAndTopicsAtOnce() {
        TtsRun.of("top", "--metrics=http://127.0.0.1:1/", "--bootstrap-servers=127.0.0.1:1")
                .assertWrongUsage("expected one of them only");
    }

    @Test
    void testNoBroker() {
        TtsRun.of("top", "--bootstrap-servers=127.0.0.1:1").assertFailure("127.0.0.1:1");
    }

    @Test
    void testNumbersBelowOne() {
        TtsRun.of("top", "--interval=0").assertWrongUsage("--interval is 0, expected 1 or more");
        TtsRun.of("top", "--times=0").assertWrongUsage("--times is 0, expected 1 or more");
    }
}
