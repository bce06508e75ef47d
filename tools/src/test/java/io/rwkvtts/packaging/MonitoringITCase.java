package io.rwkvtts.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.audio.OnnxAudioDecoder;
import io.rwkvtts.cli.Tts;
import io.rwkvtts.gateway.Gateway;
import io.rwkvtts.gateway.GatewaySettings;
import io.rwkvtts.gateway.GatewaySettings.Catalog;
import io.rwkvtts.gateway.GatewaySettings.Limits;
import io.rwkvtts.gateway.GatewaySettings.Listen;
import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.local.EmbeddedFlink;
import io.rwkvtts.local.GatewayKafka;
import io.rwkvtts.local.LocalStack;
import io.rwkvtts.model.ModelCache;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Dashboard and rules against the metrics of a running job and its gateway. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MonitoringITCase {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir private static Path directory;

    private static LocalStack stack;
    private static AudioDecoder decoder;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws Exception {
        ModelCache cache = new ModelCache(directory.resolve("cache"));
        Configuration options = new Configuration();
        // Its metrics are there only where a job has one.
        options.set(KafkaOptions.CONTROL_TOPIC, "tts-control");
        stack = LocalStack.start(0, options, DemoVoice.model(cache, Optional.empty()));
        decoder = OnnxAudioDecoder.open(DemoVoice.unpack(cache).decoder(), 1);
        gateway =
                Gateway.start(
                        new GatewaySettings(
                                new Listen("127.0.0.1", 0, Set.of()),
                                Limits.DEFAULT,
                                new Catalog("demo", List.of()),
                                Optional.empty(),
                                1),
                        GatewayKafka.settings(stack.kafka()),
                        decoder,
                        Optional.empty());
        speak();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        decoder.close();
        stack.close();
    }

    private static void speak() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(gateway.address() + "/v1/audio/speech"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"input\": \"Good morning.\"}"))
                        .build();
        assertThat(CLIENT.send(request, BodyHandlers.ofByteArray()).body())
                .hasSizeGreaterThan(10_000);
    }

    @Test
    void testEveryMetricOfDashboardAndRulesIsServed() throws Exception {
        assertThat(MonitoringFiles.metrics()).hasSizeGreaterThan(30);
        // A gauge of checkpoints appears with the first of them.
        await().atMost(30, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(served()).containsAll(MonitoringFiles.metrics()));
    }

    @Test
    void testTheMetricsOfKafkasClientsAreLeftOut() throws Exception {
        assertThat(served())
                .contains("flink_taskmanager_job_task_operator_pendingRecords")
                .noneMatch(name -> name.contains("_KafkaConsumer_"))
                .noneMatch(name -> name.contains("_KafkaProducer_"));
        assertThat(Files.readString(ProjectFiles.root().resolve("docker/config.yaml")))
                .contains(
                        "%s: \"%s\"\n"
                                .formatted(
                                        EmbeddedFlink.METRICS_EXCLUDED.key(),
                                        EmbeddedFlink.METRICS_EXCLUDED.defaultValue()));
    }

    @Test
    void testPrometheusEvaluatesAllRulesAndPanels() throws Exception {
        assumeTrue(PrometheusServer.installed(), PrometheusServer.NOT_INSTALLED);
        Path files = Files.createDirectory(directory.resolve("prometheus"));
        try (PrometheusServer prometheus =
                PrometheusServer.start(
                        files,
                        List.of(
                                URI.create(metricsAddress()).getAuthority(),
                                URI.create(gateway.address()).getAuthority()))) {
            await().atMost(60, TimeUnit.SECONDS)
                    .until(() -> scrapes(prometheus) && evaluates(prometheus));

            List<String> queries = MonitoringFiles.panelQueries();
            assertThat(queries).hasSizeGreaterThan(30);
            // A rate needs two scrapes.
            await().atMost(30, TimeUnit.SECONDS)
                    .untilAsserted(
                            () -> {
                                for (String query : queries) {
                                    assertThat(prometheus.query(query)).as(query).isNotEmpty();
                                }
                            });
        }
    }

    @Test
    void testTopShowsTheJobInTheTerminal() {
        StringWriter out = new StringWriter();

        int status =
                Tts.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .execute(
                                "top",
                                "--times=1",
                                "--interval=1",
                                "--metrics=" + metricsAddress());

        assertThat(status).isZero();
        assertThat(out.toString())
                .contains("Running: 0, waiting: 0", "Ended: stop 1; dead letters: 0")
                .containsPattern("(?m)^ +0 +0 +0 +0 +\\d+ +\\d+ +0 +\\d\\.\\d+ +\\d+$");
    }

    private static boolean scrapes(PrometheusServer prometheus) throws Exception {
        JsonNode targets = prometheus.get("targets");
        return targets != null && targets.findValuesAsText("health").equals(List.of("up", "up"));
    }

    private static boolean evaluates(PrometheusServer prometheus) throws Exception {
        JsonNode groups = prometheus.get("rules").path("groups");
        List<String> health = groups.findValuesAsText("health");
        assertThat(health).hasSizeGreaterThan(10).doesNotContain("err");
        return health.stream().allMatch("ok"::equals);
    }

    private static String metricsAddress() {
        return stack.listening().get("Metrics");
    }

    private static Set<String> served() throws Exception {
        return Stream.concat(lines(metricsAddress()), lines(gateway.address() + "/metrics"))
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]")[0])
                .collect(Collectors.toSet());
    }

    private static Stream<String> lines(String address) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
        return CLIENT.send(request, BodyHandlers.ofString()).body().lines();
    }
}
