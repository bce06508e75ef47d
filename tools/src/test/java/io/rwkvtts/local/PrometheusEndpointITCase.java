package io.rwkvtts.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.prometheus.PrometheusReporterFactory;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;

class PrometheusEndpointITCase {

    @Test
    void testServesTheMetricsOfFlinksOwnReporterUnderTheirNames() throws Exception {
        int port = LoopbackPorts.choose(0, "port");
        Configuration both = new Configuration();
        both.setString("metrics.reporters", "prom,original");
        both.setString(
                "metrics.reporter.original.factory.class",
                PrometheusReporterFactory.class.getName());
        both.setString("metrics.reporter.original.port", Integer.toString(port));
        try (EmbeddedFlink flink = EmbeddedFlink.start(both)) {
            StreamExecutionEnvironment environment = flink.environment();
            environment.fromSequence(0, Long.MAX_VALUE).sinkTo(new DiscardingSink<>());
            JobClient job = environment.executeAsync();
            flink.awaitRunning(job.getJobID());

            Set<String> served = names(flink.metricsAddress());

            assertThat(served)
                    .contains("flink_taskmanager_job_task_operator_numRecordsOut")
                    .isEqualTo(names("http://127.0.0.1:" + port + "/metrics"));
        }
    }

    private static Set<String> names(String address) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]")[0])
                .collect(Collectors.toSet());
    }
}
