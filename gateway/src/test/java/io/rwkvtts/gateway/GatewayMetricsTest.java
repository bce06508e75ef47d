package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.synthesis.FinishReason;
import org.junit.jupiter.api.Test;

class GatewayMetricsTest {

    @Test
    void testTheHelpNamesEveryEnd() {
        GatewayMetrics metrics = new GatewayMetrics();
        metrics.began();
        metrics.ended("stop");
        String help =
                metrics.text()
                        .toString()
                        .lines()
                        .filter(line -> line.startsWith("# HELP tts_gateway_utterances"))
                        .findFirst()
                        .orElseThrow();
        assertThat(help)
                .contains(
                        UtteranceEnd.FAILED,
                        UtteranceEnd.SLOW_CLIENT,
                        UtteranceEnd.LEFT,
                        UtteranceEnd.CANCELLED);
        for (FinishReason reason : FinishReason.values()) {
            assertThat(help).contains(reason.label());
        }
    }

    @Test
    void testEndsAreCountedByTheirKindAndOpenOnesAreNoMore() {
        GatewayMetrics metrics = new GatewayMetrics();
        metrics.began();
        metrics.began();
        metrics.began();
        metrics.ended("stop");
        metrics.ended("slow_client");
        metrics.firstAudio(0.15);
        metrics.underrun();
        metrics.decoded(1.5);
        metrics.connected(1);

        assertThat(metrics.openUtterances()).isEqualTo(1);
        assertThat(metrics.text().toString().lines())
                .contains(
                        "tts_gateway_open_utterances 1.0",
                        "tts_gateway_utterances_total{end=\"stop\"} 1.0",
                        "tts_gateway_utterances_total{end=\"slow_client\"} 1.0",
                        "tts_gateway_first_audio_seconds_bucket{le=\"0.1\"} 0",
                        "tts_gateway_first_audio_seconds_bucket{le=\"0.2\"} 1",
                        "tts_gateway_underruns_total 1.0",
                        "tts_gateway_audio_seconds_total 1.5",
                        "tts_gateway_connections 1.0");
    }
}
