package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessRulesTest {

    private static final Set<String> ALLOWED = Set.of("https://example.org");

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 200",
        "localhost, 200",
        "LOCALHOST:8080, 200",
        "[::1]:8080, 200",
        "evil.example, 403",
        "localhost.evil.example, 403",
        "127.0.0.1.evil.example, 403",
        "10.0.0.1, 403"
    })
    void testAGatewayOnLoopbackAnswersToItsOwnNames(String host, int status) throws Exception {
        try (LoopbackServer server = server("127.0.0.1")) {
            assertThat(server.status(request("GET", host, ""))).isEqualTo(status);
        }
    }

    @Test
    void testAGatewayThatAllMayReachAnswersToAnyName() throws Exception {
        try (LoopbackServer server = server("0.0.0.0")) {
            assertThat(server.status(request("GET", "speech.example", ""))).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // Its own page, and a page of an origin that is named.
        "POST, 127.0.0.1:8080, http://127.0.0.1:8080, 200",
        "POST, localhost, http://localhost, 200",
        "POST, 127.0.0.1:8080, https://example.org, 200",
        "POST, 127.0.0.1:8080, HTTPS://EXAMPLE.ORG, 200",
        // Others, among them the same name with another port and a page from a file.
        "POST, 127.0.0.1:8080, http://127.0.0.1:8081, 403",
        "POST, 127.0.0.1:8080, http://127.0.0.1, 403",
        "POST, 127.0.0.1:8080, https://example.org.evil.example, 403",
        "POST, 127.0.0.1:8080, null, 403",
        "POST, 127.0.0.1:8080, not an origin, 403",
        "DELETE, 127.0.0.1:8080, https://evil.example, 403",
        // What only reads shows nothing to a page that CORS does not allow.
        "GET, 127.0.0.1:8080, https://evil.example, 200",
        "HEAD, 127.0.0.1:8080, https://evil.example, 200"
    })
    void testPagesOfOtherOriginsChangeNothing(String method, String host, String origin, int status)
            throws Exception {
        try (LoopbackServer server = server("127.0.0.1")) {
            assertThat(server.status(request(method, host, "Origin: " + origin + "\r\n")))
                    .isEqualTo(status);
        }
    }

    /** CORS does not hold for WebSockets. */
    @Test
    void testASocketOfAnotherOriginIsRefused() throws Exception {
        try (LoopbackServer server = server("127.0.0.1")) {
            String upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nOrigin: ";
            assertThat(
                            server.status(
                                    request(
                                            "GET",
                                            "localhost",
                                            upgrade + "https://evil.example\r\n")))
                    .isEqualTo(403);
            assertThat(
                            server.status(
                                    request(
                                            "GET",
                                            "localhost",
                                            upgrade + "https://example.org\r\n")))
                    .isEqualTo(200);
        }
    }

    @Test
    void testARequestWithoutHostIsMalformed() throws Exception {
        try (LoopbackServer server = server("127.0.0.1")) {
            assertThat(server.status("GET / HTTP/1.1\r\n\r\n")).isEqualTo(400);
        }
    }

    private static LoopbackServer server(String listensOn) throws Exception {
        AccessRules rules = new AccessRules(listensOn, ALLOWED);
        return new LoopbackServer(
                Vertx.vertx(), connection -> {}, request -> answer(rules, request));
    }

    private static void answer(AccessRules rules, HttpServerRequest request) {
        int status = 200;
        try {
            rules.check(request);
        } catch (ApiError e) {
            status = e.status();
        }
        request.response().setStatusCode(status).end();
    }

    private static String request(String method, String host, String headers) {
        return method + " / HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "\r\n";
    }
}
