package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.schema.TextEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpeechOrderTest {

    private static final int MOST_CHARS = 50;

    @Test
    void testTheLeastThatAClientSends() {
        SpeechOrder order = order("{'input': 'Hello.'}");
        assertThat(order.format()).isEqualTo(SpeechOrder.Format.WAV);
        assertThat(order.events()).isFalse();
        assertThat(order.continues()).isFalse();
        TextEvent event = event(order);
        assertThat(event.getText()).hasToString("Hello.");
        assertThat(event.getVoiceId()).isNull();
        assertThat(event.getGender()).isNull();
        assertThat(event.getSeed()).isNull();
        assertThat(event.getBudgetMs()).isNull();
    }

    @Test
    void testAllThatOneCanSend() {
        SpeechOrder order =
                order(
                        """
                        {'model': 'any', 'input': 'Hello.', 'voice': 'alice', 'instructions': 'x',
                         'response_format': 'pcm', 'stream_format': 'sse',
                         'on_disconnect': 'continue', 'speed': 1.9, 'seed': 18446744073709551615,
                         'temperature': 0, 'top_p': 1, 'top_k': 0, 'age': 'elderly',
                         'emotion': 'HAPPY', 'pitch': 'low_pitch', 'priority': -3,
                         'budget_ms': 86400000}""");
        assertThat(order.format()).isEqualTo(SpeechOrder.Format.PCM);
        assertThat(order.events()).isTrue();
        assertThat(order.continues()).isTrue();
        TextEvent event = event(order);
        assertThat(event.getVoiceId()).hasToString("alice");
        assertThat(event.getSpeed()).hasToString("very_fast");
        assertThat(event.getSeed()).isEqualTo(-1);
        assertThat(event.getTemperature()).isZero();
        assertThat(event.getTopP()).isEqualTo(1);
        assertThat(event.getTopK()).isZero();
        assertThat(event.getPriority()).isEqualTo(-3);
        assertThat(event.getBudgetMs()).isEqualTo(86_400_000);
    }

    @ParameterizedTest
    @CsvSource({
        "0.25, very_slow",
        "0.5, very_slow",
        "0.6, very_slow",
        "0.62, slow",
        "0.75, slow",
        "0.9, medium",
        "1, medium",
        "1.2, medium",
        "1.25, fast",
        "1.7, fast",
        "1.75, very_fast",
        "4, very_fast"
    })
    void testAFactorOfSpeedIsTheNearestNameByTheirRatio(String factor, String name) {
        assertThat(event(order("{'input': 'x', 'speed': " + factor + "}")).getSpeed())
                .hasToString(name);
    }

    @ParameterizedTest
    @CsvSource({"default,", "female, female", "male, male"})
    void testVoicesThatAreNoIds(String voice, String gender) {
        TextEvent event = event(order("{'input': 'x', 'voice': '" + voice + "'}"));
        assertThat(event.getVoiceId()).isNull();
        assertThat(event.getGender()).isEqualTo(gender);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                          | input",
                "{'input': null}                             | input",
                "{'input': ' \\n '}                          | input",
                "{'input': 7}                                | input",
                "{'input': 'half \\ud83d of one'}            | input",
                "{'input': 'x', 'Voice': 'y'}                | Voice",
                "{'input': 'x', 'speed': 0.24}               | speed",
                "{'input': 'x', 'speed': 'warp'}             | speed",
                "{'input': 'x', 'speed': true}               | speed",
                "{'input': 'x', 'seed': -1}                  | seed",
                "{'input': 'x', 'seed': 18446744073709551616}| seed",
                "{'input': 'x', 'seed': 1.5}                 | seed",
                "{'input': 'x', 'seed': '0x7'}               | seed",
                "{'input': 'x', 'temperature': -0.1}         | temperature",
                "{'input': 'x', 'temperature': '1'}          | temperature",
                "{'input': 'x', 'top_p': 1.01}               | top_p",
                "{'input': 'x', 'top_k': 2147483648}         | top_k",
                "{'input': 'x', 'top_k': 1.0}                | top_k",
                "{'input': 'x', 'priority': 9e99}            | priority",
                "{'input': 'x', 'budget_ms': 0}              | budget_ms",
                "{'input': 'x', 'budget_ms': 86400001}       | budget_ms",
                "{'input': 'x', 'voice': ''}                 | voice",
                "{'input': 'x', 'voice': 'male', 'gender': 'female'} | gender",
                "{'input': 'x', 'gender': 'other'}           | gender",
                "{'input': 'x', 'age': 'old as time'}        | age",
                "{'input': 'x', 'response_format': 'mp3'}    | response_format",
                "{'input': 'x', 'response_format': 'WAV'}    | response_format",
                "{'input': 'x', 'stream_format': 'ws'}       | stream_format",
                "{'input': 'x', 'on_disconnect': 'wait'}     | on_disconnect"
            })
    void testWhatCannotBeServedIsNamed(String body, String param) {
        ApiError error = refused(body);
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.json().get("param").textValue()).isEqualTo(param);
    }

    @Test
    void testATextMayHaveThatManyCharactersAndNoMore() {
        assertThat(event(order("{'input': '" + "x".repeat(MOST_CHARS) + "'}")).getText())
                .hasToString("x".repeat(MOST_CHARS));
        assertThat(refused("{'input': '" + "x".repeat(MOST_CHARS + 1) + "'}"))
                .hasMessage("input has 51 characters, expected at most 50");
    }

    /** Messages go to logs and screens: control characters and long names must not. */
    @Test
    void testAStrangeFieldIsShownSafely() {
        ApiError error = refused("{'input': 'x', '\\u001b[31m" + "é".repeat(100) + "': 1}");
        assertThat(error.getMessage()).matches("unknown field '[\\x20-\\x7e]{60}…'");
    }

    private static SpeechOrder order(String json) {
        return SpeechOrder.of(Json.object(json.replace('\'', '"')), MOST_CHARS);
    }

    private static TextEvent event(SpeechOrder order) {
        return order.event().setRequestId("r").build();
    }

    private static ApiError refused(String json) {
        try {
            order(json);
        } catch (ApiError e) {
            return e;
        }
        throw new AssertionError("taken: " + json);
    }
}
