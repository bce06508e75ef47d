package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rwkvtts.gateway.GatewaySettings.Limits;
import io.rwkvtts.gateway.GatewaySettings.Listen;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewaySettingsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** An origin that no browser sends would allow nothing, and nobody would know why. */
    @ParameterizedTest
    @CsvSource({
        "https://example.org, https://example.org",
        "HTTPS://Example.ORG, https://example.org",
        "https://example.org:443, https://example.org",
        "http://example.org:80, http://example.org",
        "http://example.org:8080, http://example.org:8080",
        "http://[::1]:8080, http://[::1]:8080",
        "chrome-extension://abcdef, chrome-extension://abcdef"
    })
    void testOriginsAreKeptAsBrowsersSendThem(String given, String sent) {
        assertThat(new Listen("127.0.0.1", 0, Set.of(given)).allowedOrigins())
                .containsExactly(sent);
    }

    @ParameterizedTest
    @CsvSource({
        "*, every page",
        "https://example.org/, continues after the host",
        "https://example.org/path, continues after the host",
        "https://example.org?x, continues after the host",
        "https://me@example.org, no origin",
        "https://*.example.org, no origin",
        "example.org, no origin",
        "null, no origin",
        "'', no origin",
        "not an origin, no origin"
    })
    void testWhatIsNoOriginIsRefused(String given, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Listen("127.0.0.1", 0, Set.of(given)))
                .withMessageContaining(why)
                .withMessageContaining("expected one such as https://example.org");
    }

    /** With room for no sound, a client would wait for ever. */
    @Test
    void testLimitsThatAllowNothingAreRefused() {
        refused(() -> new Limits(0, 1, SECOND, 1, SECOND, SECOND), "textChars is 0");
        refused(() -> new Limits(1, 0, SECOND, 1, SECOND, SECOND), "connections is 0");
        refused(() -> new Limits(1, 1, Duration.ZERO, 1, SECOND, SECOND), "requestWithin is 0");
        refused(() -> new Limits(1, 1, SECOND, 0, SECOND, SECOND), "bufferedBytes is 0");
        refused(() -> new Limits(1, 1, SECOND, 1, Duration.ZERO, SECOND), "stalledAfter is 0");
        refused(() -> new Limits(1, 1, SECOND, 1, SECOND, Duration.ZERO), "lookBack is 0");
        refused(() -> new Limits(300_001, 1, SECOND, 1, SECOND, SECOND), "more than Kafka takes");
        refused(() -> new Listen("127.0.0.1", -1, Set.of()), "port is -1");
    }

    private static void refused(Runnable settings, String why) {
        assertThatIllegalArgumentException().isThrownBy(settings::run).withMessageContaining(why);
    }

    /** Or a text that is allowed would be refused for its form. */
    @Test
    void testTheLongestTextFitsIntoABodyHoweverItIsWritten() {
        int chars = 200_000;
        Limits limits = new Limits(chars, 1, SECOND, 1, SECOND, SECOND);
        String body = "{\"input\":\"%s\"}".formatted("\\u4f60".repeat(chars));
        assertThat(limits.bodyBytes()).isGreaterThan(body.length());
    }
}
