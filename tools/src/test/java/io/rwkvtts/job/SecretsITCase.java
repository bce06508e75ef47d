package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.RecordedLog;
import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.local.LoopbackPorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code tts run} is told in confidence is neither on a page of Flink nor in the log. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SecretsITCase {

    private static final String SECRET = "planted-";
    private static final String TOKEN = "lets-the-test-cancel";

    /** On the command line: what Kafka takes for a password, and one that it does not know. */
    private static final List<String> GIVEN =
            List.of(
                    "ssl.key.password",
                    "ssl.keystore.password",
                    "ssl.keystore.key",
                    "ssl.keystore.certificate.chain",
                    "ssl.truststore.password",
                    "ssl.truststore.certificates",
                    "sasl.oauthbearer.client.credentials.client.secret",
                    "sasl.oauthbearer.assertion.private.key.passphrase",
                    "interceptor.passphrase");

    /** In the file. */
    private static final List<String> FILED = List.of("sasl.jaas.config", "interceptor.key");

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path directory;

    @Test
    void testSecretsAreNotShown() throws Exception {
        String web = "127.0.0.1:" + LoopbackPorts.choose(0, "rest.bind-port");
        try (RecordedLog log = new RecordedLog(Level.DEBUG);
                EmbeddedKafka kafka = EmbeddedKafka.start(0)) {
            createTopics(kafka);
            String[] arguments = arguments(kafka, web);
            CompletableFuture<Void> run = CompletableFuture.runAsync(() -> run(arguments));
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> run.isDone() || allTasksRun(web));
            assertThat(run).isNotDone();

            List<String> read = new ArrayList<>();
            for (String page : pages(web)) {
                HttpResponse<String> response = get(web, page);
                if (response.statusCode() == 200) {
                    read.add(page);
                    assertThat(response.body()).as(page).doesNotContain(SECRET);
                }
            }
            cancel(web);
            run.get(30, TimeUnit.SECONDS);

            assertThat(read)
                    .contains("/jobmanager/config", "/jobmanager/environment", "/taskmanagers")
                    .anyMatch(page -> page.matches("/jobs/\\w+/config"))
                    .anyMatch(page -> page.matches("/jobs/\\w+/jobmanager/config"))
                    .anyMatch(page -> page.matches("/jobs/\\w+/vertices/\\w+"))
                    .anyMatch(page -> page.matches("/applications/\\w+/jobmanager/config"));
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("ssl.keystore.key = [hidden]"))
                    .anyMatch(line -> line.contains("sasl.jaas.config = [hidden]"))
                    .noneMatch(line -> line.contains(SECRET));
        }
    }

    private static void createTopics(EmbeddedKafka kafka) {
        Properties client = new Properties();
        client.setProperty("bootstrap.servers", kafka.bootstrapServers());
        try (KafkaAdmin brokers = KafkaAdmin.connect(client)) {
            brokers.createTopics(List.of("tts-requests", "tts-tokens", "tts-dead-letters"), 1);
        }
    }

    private String[] arguments(EmbeddedKafka kafka, String web) throws Exception {
        DemoVoice voice = DemoVoice.unpack(directory);
        List<String> file = FILED.stream().map(name -> name + "=" + SECRET + name).toList();
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--bootstrap-servers=" + kafka.bootstrapServers(),
                                "--model=" + voice.checkpoint(),
                                "--vocab=" + voice.vocabulary(),
                                "-Dtts.cache.directory=" + directory.resolve("cache"),
                                "-Dexecution.checkpointing.dir=" + directory.toUri(),
                                "-Drest.access-token=" + TOKEN,
                                "-Drest.bind-port=" + web.substring(web.indexOf(':') + 1),
                                "-Dtts.kafka.properties-file="
                                        + Files.write(
                                                directory.resolve("kafka.properties"), file)));
        GIVEN.forEach(
                name -> arguments.add("-Dtts.kafka.properties." + name + "=" + SECRET + name));
        return arguments.toArray(String[]::new);
    }

    private static void run(String[] arguments) {
        try {
            RunCommand.main(arguments);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean allTasksRun(String web) throws Exception {
        JsonNode tasks = json(web, "/jobs/overview").get("jobs").get(0).get("tasks");
        return tasks.get("total").asInt() > 0 && tasks.get("running").equals(tasks.get("total"));
    }

    /** All that can be read over REST, and the files of the web page's server. */
    private static List<String> pages(String web) throws Exception {
        List<String> pages =
                new ArrayList<>(
                        List.of(
                                "/",
                                "/config",
                                "/overview",
                                "/datasets",
                                "/jars",
                                "/jobmanager/config",
                                "/jobmanager/environment",
                                "/jobmanager/log",
                                "/jobmanager/logs",
                                "/jobmanager/metrics",
                                "/jobmanager/stdout",
                                "/jobmanager/thread-dump",
                                "/jobs",
                                "/jobs/metrics",
                                "/jobs/overview",
                                "/taskmanagers",
                                "/taskmanagers/metrics",
                                "/applications/overview"));
        String job = json(web, "/jobs/overview").get("jobs").get(0).get("jid").asText();
        addBelow(
                pages,
                "/jobs/" + job,
                "",
                "/accumulators",
                "/checkpoints",
                "/checkpoints/config",
                "/config",
                "/exceptions",
                "/jobmanager/config",
                "/jobmanager/environment",
                "/jobmanager/log-url",
                "/metrics",
                "/plan",
                "/rescales/config",
                "/rescales/overview",
                "/resource-requirements",
                "/status");
        for (JsonNode vertex : json(web, "/jobs/" + job).get("vertices")) {
            addBelow(
                    pages,
                    "/jobs/%s/vertices/%s".formatted(job, vertex.get("id").asText()),
                    "",
                    "/accumulators",
                    "/backpressure",
                    "/jm-operator-metrics",
                    "/metrics",
                    "/subtasks/0",
                    "/subtasks/accumulators",
                    "/subtasks/metrics",
                    "/subtasktimes",
                    "/taskmanagers",
                    "/watermarks");
        }
        for (JsonNode taskManager : json(web, "/taskmanagers").get("taskmanagers")) {
            addBelow(
                    pages,
                    "/taskmanagers/" + taskManager.get("id").asText(),
                    "",
                    "/log",
                    "/logs",
                    "/metrics",
                    "/stdout",
                    "/thread-dump");
        }
        for (JsonNode application : json(web, "/applications/overview").get("applications")) {
            addBelow(
                    pages,
                    "/applications/" + application.get("id").asText(),
                    "",
                    "/exceptions",
                    "/jobmanager/config");
        }
        return pages;
    }

    private static void addBelow(List<String> pages, String parent, String... children) {
        for (String child : children) {
            pages.add(parent + child);
        }
    }

    private static JsonNode json(String web, String page) throws Exception {
        return JSON.readTree(get(web, page).body());
    }

    private static HttpResponse<String> get(String web, String page) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + web + page)).build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    private static void cancel(String web) throws Exception {
        String job = json(web, "/jobs/overview").get("jobs").get(0).get("jid").asText();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + web + "/jobs/" + job))
                        .header("Authorization", "Bearer " + TOKEN)
                        .method("PATCH", BodyPublishers.noBody())
                        .build();
        assertThat(HTTP.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(202);
    }
}
