package io.rwkvtts.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void testAnObjectInUtf8IsRead() {
        ObjectNode object = Json.object(body("{\"input\": \"你好, wörld 👋\"}".getBytes(UTF_8)));
        assertThat(object.get("input").textValue()).isEqualTo("你好, wörld 👋");
        assertThat(Json.buffer(object).getBytes())
                .isEqualTo("{\"input\":\"你好, wörld 👋\"}".getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "1", "\"text\"", "true"})
    void testOtherValuesAreRefused(String json) {
        assertRefused(json, "expected a JSON object");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"input\": \"secret}",
                "{\"input\": \"secret\"} x",
                "{\"input\": \"secret\", \"input\": \"secret\"}",
                "{\"input\": secret}",
                "{'input': 'secret'}",
                "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}}"
            })
    void testMalformedJsonIsRefusedAndItsTextNotShown(String json) {
        ApiError error = refused(json);
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.getMessage()).doesNotContain("secret");
    }

    @Test
    void testAnotherEncodingIsRefused() {
        assertThatThrownBy(() -> Json.object(body("{\"input\": \"wörld\"}".getBytes(ISO_8859_1))))
                .isInstanceOf(ApiError.class)
                .hasMessage("the body is not well-formed UTF-8");
    }

    private static void assertRefused(String json, String message) {
        assertThat(refused(json).getMessage()).isEqualTo(message);
    }

    private static ApiError refused(String json) {
        try {
            Json.object(body(json.getBytes(UTF_8)));
        } catch (ApiError e) {
            return e;
        }
        throw new AssertionError("taken: " + json);
    }

    private static Buffer body(byte[] bytes) {
        return Buffer.buffer(bytes);
    }
}
