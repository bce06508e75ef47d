package io.rwkvtts.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
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
    void testWaitsUntilTheTasksOfAJobRun() throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start()) {
            StreamExecutionEnvironment environment = flink.environment();
            environment.fromSequence(0, Long.MAX_VALUE).sinkTo(new DiscardingSink<>());
            JobID job = environment.executeAsync().getJobID();

            flink.awaitRunning(job);

            assertThat(get(flink.webAddress() + "/jobs/" + job))
                    .contains("\"state\":\"RUNNING\"")
                    .contains("\"status\":\"RUNNING\"")
                    .doesNotContain("\"status\":\"INITIALIZING\"");
        }
    }

    @Test
    void testSaysWhyAJobEndedBeforeItRan() throws Exception {
        Configuration once =
                new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        try (EmbeddedFlink flink = EmbeddedFlink.start(once)) {
            StreamExecutionEnvironment environment = flink.environment();
            environment.fromSequence(0, 1).map(new Unopenable()).sinkTo(new DiscardingSink<>());
            JobID job = environment.executeAsync().getJobID();

            assertThatThrownBy(() -> flink.awaitRunning(job))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("FAILED")
                    .hasStackTraceContaining("cannot be opened");
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

    private static final class Unopenable extends RichMapFunction<Long, Long> {
        private static final long serialVersionUID = 1L;

        @Override
        public void open(OpenContext context) {
            throw new IllegalStateException("cannot be opened");
        }

        @Override
        public Long map(Long value) {
            return value;
        }
    }
}
