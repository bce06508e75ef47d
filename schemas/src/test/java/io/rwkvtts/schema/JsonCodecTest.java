package io.rwkvtts.schema;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecTest {

    private static final TextEvent SIMPLE =
            TextEvent.newBuilder().setRequestId("r1").setText("Hello.").build();

    private static TextEvent decode(String json) throws WireFormatException {
        return JsonCodec.decode(json.getBytes(UTF_8));
    }

    @Test
    void testMissingFieldsHaveTheDefaultsOfTheSchema() throws Exception {
        assertThat(decode("{\"requestId\": \"r1\", \"text\": \"Hello.\"}")).isEqualTo(SIMPLE);
    }

    @Test
    void testEveryFieldArrives() throws Exception {
        TextEvent event =
                decode(
                        """
                        {"requestId": "request-1", "sequence": 41, "text": "早 \\ud83d\\ude00", "last": false,
                         "cancel": true, "voiceId": "anna", "age": "elderly", "gender": "male",
                         "emotion": "HAPPY", "pitch": "low_pitch", "speed": "fast",
                         "temperature": 1, "topP": 0.9, "topK": 50, "seed": 42,
                         "maxSemanticTokens": 500, "minSemanticTokens": 1, "priority": -3,
                         "deadline": 1800000000000, "budgetMs": 2500, "tenant": null}
                        """);

        assertThat(event)
                .isEqualTo(
                        TextEvent.newBuilder(TextEvents.full())
                                .setText("早 😀")
                                .setTemperature(1.0)
                                .setSeed(42L)
                                .setTenant(null)
                                .build());
        assertThat(JsonCodec.decode(JsonCodec.encode(event))).isEqualTo(event);
    }

    @Test
    void testDefaultsAreNotWritten() {
        assertThat(new String(JsonCodec.encode(SIMPLE), UTF_8))
                .isEqualTo("{\"requestId\":\"r1\",\"text\":\"Hello.\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "18446744073709551615, -1",
        "9223372036854775808, -9223372036854775808",
    })
    void testSeedIsAnUnsignedNumberOrItsString(String seed, long bits) throws Exception {
        for (String json : new String[] {seed, "\"" + seed + "\""}) {
            TextEvent event = decode("{\"requestId\":\"r1\",\"seed\":%s}".formatted(json));

            assertThat(event.getSeed()).isEqualTo(bits);
            assertThat(new String(JsonCodec.encode(event), UTF_8)).contains("\"seed\":" + seed);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"requestId\": 5                      | \"requestId\" is 5, expected a string",
                "\"requestId\": null                   | \"requestId\" is null, expected a string",
                "\"text\": {\"a\": [1]}                | \"text\" is an object, expected a string",
                "\"voiceId\": [\"anna\"]               | \"voiceId\" is an array",
                "\"sequence\": \"1\"                   | \"sequence\" is the string \"1\", expected a whole",
                "\"sequence\": 1.0                     | \"sequence\" is 1.0, expected a whole",
                "\"sequence\": null                    | \"sequence\" is null, expected a whole",
                "\"sequence\": 9223372036854775808     | expected a whole number of 64 bits",
                "\"topK\": 2147483648                  | \"topK\" is 2147483648, expected a whole number of 32",
                "\"last\": \"false\"                   | expected true or false",
                "\"temperature\": \"1\"                | expected a number",
                "\"temperature\": NaN                  | malformed JSON",
                "\"seed\": -1                          | \"seed\" is -1, expected a whole number from 0 to 184",
                "\"seed\": 18446744073709551616        | expected a whole number from 0 to 18446744073709551615",
                "\"seed\": 1e3                         | expected a whole number",
                "\"seed\": \"x\"                       | \"seed\" is the string \"x\"",
                "\"sneed\": 1                          | field \"sneed\" is unknown, expected [requestId, seq",
                "\"text\": \"a\", \"text\": \"b\"      | Duplicate field 'text'",
                "\"text\": \"\\ud83d\"                 | half a surrogate pair",
                "\"text\": \"a                         | malformed JSON",
            })
    void testValueOfAnotherKindIsNamed(String fields, String message) {
        String id = fields.contains("requestId") ? "" : "\"requestId\":\"r1\",";

        assertThatThrownBy(() -> decode("{" + id + fields + "}"))
                .isInstanceOf(WireFormatException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Hello.",
                "null",
                "\"{}\"",
                "{}",
                "{\"requestId\":\"r1\"",
                "{\"requestId\":\"r1\"} {}",
                "{\"requestId\":\"r1\"} x",
                "[{\"requestId\":\"r1\"}]",
                "{\"requestId\":\"r1\",}",
                "{'requestId':'r1'}",
                "{\"requestId\":\"r1\" /* id */}",
                "\ufeff{\"requestId\":\"r1\"}",
            })
    void testWhatIsNotOneObjectIsRefused(String json) {
        assertThatThrownBy(() -> decode(json)).isInstanceOf(WireFormatException.class);
    }

    /** Who waits for the request is to learn of its end. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"requestId\":\"r1\",\"sneed\":1}",
                "{\"sneed\":{\"requestId\":\"r2\"},\"requestId\":\"r1\"}",
                "{\"requestId\":\"r1\",\"sequence\":null}",
                "{\"text\":null,\"requestId\":\"r1\"}",
                "{\"topK\":99999999999,\"requestId\":\"r1\"}",
                "{\"sequence\":1e400,\"requestId\":\"r1\"}",
                "{\"last\":\"yes\",\"voiceId\":[[{}]],\"requestId\":\"r1\"}",
                "{\"requestId\":\"r1\",\"text\":\"a\",\"text\":\"b\"}",
                "{\"requestId\":\"r1\",\"requestId\":\"r1\"}",
                "{\"requestId\":\"r1\",\"text\":\"Hel",
                "{\"requestId\":\"r1\"",
                "{\"requestId\":\"r1\"} {\"requestId\":\"r2\"}",
                "{\"requestId\":\"r1\"} and more",
                "{\"text\":\"two\nlines\",\"requestId\":\"r1\"}",
                "{\"temperature\":NaN,\"requestId\":\"r1\"}",
                "{\"topK\":007,\"requestId\":\"r1\"}",
                "{'requestId':'r1'}",
                "{requestId:\"r1\"}",
                "{\"requestId\":\"r1\",}",
                "\ufeff{\"requestId\":\"r1\"}",
                "{\"text\":\"\\ud83d\",\"requestId\":\"r1\"}",
            })
    void testTheIdOfAnEventThatIsRefusedIsKnown(String json) {
        assertThat(idOfRefused(json.getBytes(UTF_8))).contains("r1");
    }

    @Test
    void testTheIdIsKnownThoughTheTextIsOfAnotherEncodingOrTooLong() {
        assertThat(idOfRefused("{\"text\":\"Grüße\",\"requestId\":\"r1\"}".getBytes(ISO_8859_1)))
                .contains("r1");
        String text = "x".repeat(WireCodec.MAX_BYTES);
        String json = "{\"requestId\":\"r1\",\"text\":\"%s\"}".formatted(text);
        assertThat(idOfRefused(json.getBytes(UTF_8))).contains("r1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Hello.",
                "[{\"requestId\":\"r1\"}]",
                "{\"requestId\":5}",
                "{\"requestId\":null,\"text\":\"a\"}",
                "{\"requestId\":\"r1",
                "{\"event\":{\"requestId\":\"r1\"}}",
                "{\"requestId\":\"r1\",\"requestId\":\"r2\"}",
                "{\"requestId\":\"r1\",\"requestId\":7}",
                "{\"requestId\":\"\\ud83d\"}",
                "{\"text\": ?, \"requestId\":\"r1\"}",
            })
    void testAnIdThatIsInDoubtIsNotKnown(String json) {
        assertThat(idOfRefused(json.getBytes(UTF_8))).isEmpty();
    }

    @Test
    void testAnIdThatIsNotUtf8IsNotKnown() {
        assertThat(idOfRefused("{\"requestId\":\"ré\"}".getBytes(ISO_8859_1))).isEmpty();
    }

    private static Optional<String> idOfRefused(byte[] json) {
        return assertThatThrownBy(() -> JsonCodec.decode(json))
                .asInstanceOf(InstanceOfAssertFactories.throwable(WireFormatException.class))
                .actual()
                .requestId();
    }

    @Test
    void testOtherEncodingsAreRefused() {
        String json = "{\"requestId\":\"ré\"}";

        assertThatThrownBy(() -> JsonCodec.decode(json.getBytes(ISO_8859_1)))
                .hasMessageContaining("not well-formed UTF-8");
        assertThatThrownBy(() -> JsonCodec.decode(json.getBytes(UTF_16)))
                .hasMessageContaining("not well-formed UTF-8");
        byte[] encodedSurrogate = "{\"requestId\":\"???\"}".getBytes(ISO_8859_1);
        System.arraycopy(
                new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, 0, encodedSurrogate, 14, 3);
        assertThatThrownBy(() -> JsonCodec.decode(encodedSurrogate))
                .hasMessageContaining("not well-formed UTF-8");
    }

    @Test
    void testMessagesStayShort() {
        String huge = "x".repeat(500_000);
        for (String json :
                new String[] {
                    huge,
                    "{\"" + huge + "\": 1}",
                    "{\"last\": \"" + huge + "\"}",
                    "{\"seed\": " + "9".repeat(900) + "}",
                    "{\"topK\": " + "9".repeat(900_000) + "}",
                    "[".repeat(900_000),
                    "{\"text\": ".repeat(50_000),
                }) {
            assertThatThrownBy(() -> decode(json))
                    .isInstanceOf(WireFormatException.class)
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500));
        }
    }

    @Test
    void testMoreThanARecordMayHoldIsRefusedUnread() {
        assertThatThrownBy(() -> JsonCodec.decode(new byte[WireCodec.MAX_BYTES + 1]))
                .hasMessageContaining("1,048,577 bytes are too many");
    }
}
