package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UtteranceEndTest {

    private static final UtteranceEnd.Usage USAGE = new UtteranceEnd.Usage(0, 0, 0);

    @ParameterizedTest
    @CsvSource({
        "error, 400",
        "expired, 408",
        "cancelled, 500",
        "failed, 503",
        "overloaded, 503",
        "deadline, 504"
    })
    void testAnEndBeforeAnySoundHasAStatus(String reason, int status) {
        UtteranceEnd end = new UtteranceEnd(reason, "why", USAGE);
        assertThat(end.complete()).isFalse();
        ApiError error = end.toApiError();
        assertThat(error.status()).isEqualTo(status);
        assertThat(error.body().at("/error/message").textValue()).isNotBlank();
        assertThat(error.body().at("/error/type").textValue()).endsWith("_error");
        assertThat(error.body().at("/error/code").isNull()).isTrue();
    }

    @Test
    void testTheseAreNoErrors() {
        assertThat(new UtteranceEnd("stop", null, USAGE).complete()).isTrue();
        assertThat(new UtteranceEnd("length", null, USAGE).complete()).isTrue();
    }
}
