package io.rwkvtts.gateway;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What {@code GET /metrics} shows. For any thread. */
final class GatewayMetrics {

    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final double[] FIRST_AUDIO_SECONDS = {
        0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30
    };

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter utterances =
            Counter.builder()
                    .name("tts_gateway_utterances")
                    .help(
                            "Utterances that ended, by how: the job's finish reason (stop, length,"
                                    + " cancelled, deadline, error, expired, overloaded), failed,"
                                    + " slow_client, or left: their client went and they continue.")
                    .labelNames("end")
                    .register(registry);
    private final Histogram firstAudio =
            Histogram.builder()
                    .name("tts_gateway_first_audio_seconds")
                    .help("From the request to its first audio.")
                    .classicOnly()
                    .classicUpperBounds(FIRST_AUDIO_SECONDS)
                    .register(registry);
    private final Counter underruns =
            Counter.builder()
                    .name("tts_gateway_underruns")
                    .help("Times that a listener who began with the first audio had to wait.")
                    .register(registry);
    private final Counter audioSeconds =
            Counter.builder()
                    .name("tts_gateway_audio_seconds")
                    .help("Seconds of sound decoded.")
                    .register(registry);
    private final Gauge open =
            Gauge.builder()
                    .name("tts_gateway_open_utterances")
                    .help("Utterances that have not ended.")
                    .register(registry);
    private final Gauge connections =
            Gauge.builder()
                    .name("tts_gateway_connections")
                    .help("Connections of clients.")
                    .register(registry);

    void began() {
        open.inc();
    }

    void ended(String how) {
        open.dec();
        utterances.labelValues(how).inc();
    }

    void firstAudio(double seconds) {
        firstAudio.observe(seconds);
    }

    void underrun() {
        underruns.inc();
    }

    void decoded(double seconds) {
        audioSeconds.inc(seconds);
    }

    void connected(int change) {
        connections.inc(change);
    }

    int openUtterances() {
        return (int) open.get();
    }

    Buffer text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(out.toByteArray());
    }
}
