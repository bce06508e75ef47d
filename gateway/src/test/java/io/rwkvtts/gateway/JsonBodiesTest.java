package io.rwkvtts.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class JsonBodiesTest {

    private static final int MOST_BYTES = 100;

    private LoopbackServer server;

    @BeforeEach
    void start() throws Exception {
        Vertx vertx = Vertx.vertx();
        Router router = Router.router(vertx);
        router.route().failureHandler(Errors::failed);
        JsonBodies.post(router, "/", MOST_BYTES)
                .handler(
                        c -> c.response().end(Json.object(c.body().buffer()).get("a").textValue()));
        server = new LoopbackServer(vertx, connection -> {}, router::handle);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** curl -d labels everything a form. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Content-Type: application/json\r\n",
                "Content-Type: Application/JSON; charset=utf-8\r\n",
                "Content-Type: application/x-www-form-urlencoded\r\n",
                "Content-Type: text/plain\r\nContent-Encoding: identity\r\n"
            })
    void testJsonIsTakenAsItIsHoweverItIsLabelled(String headers) throws IOException {
        String text = "100% sure & 1+1=2 %zz %41";
        String answer = answer(headers, "{\"a\":\"" + text + "\"}");
        assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n" + text);
    }

    @ParameterizedTest
    @CsvSource({
        "multipart/form-data; boundary=x, 415",
        "text/xml, 415",
        "audio/wav, 415",
        "application/json5, 415"
    })
    void testOtherLabelsAreRefused(String type, int status) throws IOException {
        String answer = answer("Content-Type: " + type + "\r\n", "{\"a\":\"x\"}");
        assertThat(answer).startsWith("HTTP/1.1 " + status).contains("application/json");
    }

    @Test
    void testACompressedBodyIsRefused() throws IOException {
        String answer = answer("Content-Encoding: gzip\r\n", "{\"a\":\"x\"}");
        assertThat(answer).startsWith("HTTP/1.1 415 ").contains("Content-Encoding");
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, a=x&b=y",
        "application/json, %7B%22a%22%3A%22x%22%7D",
        "application/x-www-form-urlencoded, a=x&b=y",
        "application/x-www-form-urlencoded, %7B%22a%22%3A%22x%22%7D",
        "application/x-www-form-urlencoded, %",
        "application/x-www-form-urlencoded, %zz=1"
    })
    void testAFormIsNoJson(String type, String body) throws IOException {
        String answer = answer("Content-Type: " + type + "\r\n", body);
        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("not valid JSON");
    }

    @Test
    void testABodyMayBeThatLongAndNoLonger() throws IOException {
        String longest = "{\"a\":\"" + "x".repeat(MOST_BYTES - 8) + "\"}";
        assertThat(answer("", longest)).startsWith("HTTP/1.1 200 ");
        assertThat(answer("", longest + " ")).startsWith("HTTP/1.1 413 ");
    }

    private String answer(String headers, String body) throws IOException {
        try (Socket socket = server.connect()) {
            String request =
                    "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n%s"
                            .formatted(headers, body.getBytes(UTF_8).length, body);
            socket.getOutputStream().write(request.getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
