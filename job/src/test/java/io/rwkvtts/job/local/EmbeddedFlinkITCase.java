package io.rwkvtts.job.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;

class EmbeddedFlinkITCase {

    @Test
    void testRunsJobsAndServesDashboardAndMetrics() throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start()) {
            List<Long> squares = new ArrayList<>();
            try (CloseableIterator<Long> results =
                    flink.environment()
                            .fromSequence(1, 4)
                            .map(number -> number * number)
                            .executeAndCollect()) {
                results.forEachRemaining(squares::add);
            }

            assertThat(squares).containsExactly(1L, 4L, 9L, 16L);
            assertThat(get(flink.webAddress() + "/")).contains("<title>Apache Flink");
            assertThat(get(flink.webAddress() + "/jobs/overview")).contains("FINISHED");
            assertThat(get(flink.metricsAddress())).contains("flink_jobmanager_");
        }
    }

    @Test
    void testBusyPortIsNamedAndCloseMayBeRepeated() {
        try (EmbeddedFlink flink = EmbeddedFlink.start()) {
            int port = URI.create(flink.webAddress()).getPort();
            Configuration samePort = new Configuration().set(RestOptions.PORT, port);
            int metrics = URI.create(flink.metricsAddress()).getPort();
            Configuration sameMetrics =
                    new Configuration().set(EmbeddedFlink.METRICS_PORT, metrics);

            assertThatThrownBy(() -> EmbeddedFlink.start(samePort))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("port " + port + " (rest.port)");
            assertThatThrownBy(() -> EmbeddedFlink.start(sameMetrics))
                    .hasMessageContaining("port " + metrics + " (metrics.reporter.prom.port)");
            flink.close();
            flink.close();
        }
    }

    private static String get(String address) throws Exception {
        HttpResponse<String> response =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create(address)).build(),
                                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(address).isEqualTo(200);
        return response.body();
    }
}
