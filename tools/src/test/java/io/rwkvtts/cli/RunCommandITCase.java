package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.TestVectors;
import io.rwkvtts.job.kafka.Brokers;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.local.LoopbackPorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code tts run}: serves on the Flink that it starts, or says in one line why it does not. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RunCommandITCase {

    @TempDir private static Path directory;
    private static EmbeddedKafka kafka;
    private static Properties client;
    private static SpeechFiles files;

    @BeforeAll
    static void start() throws Exception {
        files = SpeechFiles.unpack(directory);
        kafka = EmbeddedKafka.start(0);
        client = new Properties();
        client.setProperty("bootstrap.servers", kafka.bootstrapServers());
        try (Brokers brokers = Brokers.connect(client)) {
            brokers.createTopics(List.of("tts-requests", "tts-tokens", "tts-dead-letters"), 1);
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void testServesUntilItIsCancelled() throws Exception {
        String web = "127.0.0.1:" + LoopbackPorts.choose(0, "rest.bind-port");
        List<String> command =
                List.of(
                        "run",
                        "--bootstrap-servers=" + kafka.bootstrapServers(),
                        "--model=" + files.demo().checkpoint(),
                        "--vocab=" + files.demo().vocabulary(),
                        "-Dtts.cache.directory=" + directory.resolve("cache"),
                        "-Dexecution.checkpointing.dir=" + checkpoints(),
                        "-Drest.bind-port=" + web.substring(web.indexOf(':') + 1));
        CompletableFuture<TtsRun> run = CompletableFuture.supplyAsync(() -> TtsRun.of(command));
        JsonNode speech = TestVectors.demoVoice().get(0);
        TtsRun.of(
                "send",
                "--bootstrap-servers=" + kafka.bootstrapServers(),
                "--seed=" + speech.get("seed").asText(),
                speech.get("text").asText());

        assertThat(listen(run))
                .containsExactly(
                        Arrays.stream(TestVectors.ints(speech.get("semanticTokens")))
                                .boxed()
                                .toArray(Integer[]::new));
        assertThat(run).isNotDone();
        cancelJob(web);
        TtsRun ended = run.get(30, TimeUnit.SECONDS);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.exit()).isZero();
    }

    /** Tokens of the one request, while the job runs. */
    private static List<Integer> listen(CompletableFuture<TtsRun> run) {
        List<Integer> tokens = new ArrayList<>();
        try (TokenListener listener =
                new TokenListener(
                        client,
                        "tts-tokens",
                        TokenListener.Start.EARLIEST,
                        IsolationLevel.READ_COMMITTED)) {
            while (true) {
                assertThat(run).isNotDone();
                for (ReceivedTokens received : listener.poll(Duration.ofMillis(100))) {
                    tokens.addAll(received.tokens().getTokens());
                    if (received.tokens().getFinishReason() != null) {
                        return tokens;
                    }
                }
            }
        }
    }

    private static void cancelJob(String web) throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        String jobs = "http://" + web + "/jobs";
        HttpRequest list = HttpRequest.newBuilder(URI.create(jobs)).build();
        JsonNode found =
                new ObjectMapper().readTree(http.send(list, BodyHandlers.ofString()).body());
        String id = found.get("jobs").get(0).get("id").asText();
        HttpRequest cancel =
                HttpRequest.newBuilder(URI.create(jobs + "/" + id))
                        .method("PATCH", BodyPublishers.noBody())
                        .build();
        assertThat(http.send(cancel, BodyHandlers.discarding()).statusCode()).isEqualTo(202);
    }

    @Test
    void testModelThatCannotBeUsedIsRefused() throws Exception {
        refused("tts.model=/no/such.safetensors").assertFailure("/no/such.safetensors");
        byte[] whole = Files.readAllBytes(files.model());
        Path bad = directory.resolve("bad.safetensors");
        Files.write(bad, Arrays.copyOf(whole, 5000));
        refused("tts.model=" + bad).assertFailure(bad, "truncated?");
        Files.write(bad, "no weights at all, but long enough for a header".getBytes(UTF_8));
        refused("tts.model=" + bad).assertFailure(bad, "another format, or truncated?");
        SpeechFiles.writeForeign(bad);
        refused("tts.model=" + bad).assertFailure(bad, "is not an RWKV-7 checkpoint");
    }

    @Test
    void testVocabularyThatCannotBeUsedIsRefused() {
        refused("tts.vocabulary=/no/such.json").assertFailure("/no/such.json", "no such file");
        Path other = files.demo().vocabulary();
        refused("tts.vocabulary=" + other).assertFailure(files.model(), other, "does not fit");
    }

    @Test
    void testKafkaThatIsNotThereIsRefused() {
        String nobody = "127.0.0.1:" + LoopbackPorts.choose(0, "no port");
        refused("tts.kafka.bootstrap-servers=" + nobody)
                .assertFailure(
                        "no Kafka broker answers at " + nobody, "Check the bootstrap servers");
        refused("tts.kafka.requests-topic=tts-reqeusts")
                .assertFailure(
                        "topic tts-reqeusts does not exist on the Kafka at "
                                + kafka.bootstrapServers());
    }

    @Test
    void testOptionsThatCannotWorkAreRefused() {
        refused("tts.slots=0").assertFailure("tts.slots is 0, expected at least 1");
        refused("tts.slotz=4").assertFailure("tts.slotz is no option", "did you mean tts.slots?");
        refused("tts.slots=many").assertFailure("'many'", "tts.slots");
        refused("tts.quantize=int4").assertFailure("'int4'", "tts.quantize", "none, int8");
        refused("tts.voices=/no/voices").assertFailure("tts.voices", "/no/voices does not exist");
        refused("tts.tenant.burst=0").assertFailure("tts.tenant.burst is 0");
        refused("tts.segment.max-units=4").assertFailure("tts.segment.max-units", "to 4 units");
        refused("execution.checkpointing.dir=")
                .assertFailure("execution.checkpointing.dir is not set");
    }

    /** Runs with options that would work, but for this one. */
    private static TtsRun refused(String option) {
        return TtsRun.of(
                "run",
                "-Dtts.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                "-Dtts.model=" + files.model(),
                "-Dtts.vocabulary=" + directory.resolve("mini_vocab.txt"),
                "-Dtts.cache.directory=" + directory.resolve("cache"),
                "-Dexecution.checkpointing.dir=" + checkpoints(),
                "-D" + option);
    }

    private static URI checkpoints() {
        return directory.resolve("checkpoints").toUri();
    }
}
