package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.TestVectors;
import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.local.LoopbackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code tts run}: serves on the Flink that it starts, or prints in one line why it does not. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RunCommandITCase {

    private static final String NO_CHECKPOINTS = "execution.checkpointing.dir=file:///no/such";

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
        try (KafkaAdmin brokers = KafkaAdmin.connect(client)) {
            brokers.createTopics(List.of("tts-requests", "tts-tokens", "tts-dead-letters"), 1);
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void testServesUntilItIsTerminated() throws Exception {
        List<String> command =
                List.of(
                        "run",
                        "--bootstrap-servers=" + kafka.bootstrapServers(),
                        "--model=" + files.demo().checkpoint(),
                        "--vocab=" + files.demo().vocabulary(),
                        "-Dtts.cache.directory=" + directory.resolve("cache"),
                        "-Dexecution.checkpointing.interval=200ms",
                        "-Dexecution.checkpointing.dir=" + checkpoints());
        JsonNode speech = TestVectors.demoVoice().get(0);
        try (TtsProcess run = TtsProcess.start(directory.resolve("run"), command)) {
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
            await().until(() -> !completeCheckpoints().isEmpty());
            OpenPorts.assertOnLoopbackAndPrinted(run);
            run.terminate();

            assertThat(run.err()).doesNotContain("Exception");
            assertThat(filesBelow(run.temporary())).isEmpty();
            assertThat(completeCheckpoints()).as("checkpoints that are kept").isNotEmpty();
        }
        List<String> again = new ArrayList<>(command);
        again.add("--from-checkpoint=latest");
        try (TtsProcess run = TtsProcess.start(directory.resolve("again"), again)) {
            await().atMost(Duration.ofSeconds(60))
                    .until(
                            () -> {
                                run.assertAlive();
                                return completeCheckpoints().stream()
                                                .map(file -> file.getParent().getParent())
                                                .distinct()
                                                .count()
                                        == 2;
                            });
        }
    }

    @Test
    void testACheckpointThatIsNotThereIsRefused() {
        TtsRun.of(withArguments("--from-checkpoint=/no/such/chk-7"))
                .assertFailure(
                        "--from-checkpoint is /no/such/chk-7", "no /no/such/chk-7/_metadata");
        TtsRun.of(withArguments("--from-checkpoint=latest", "-D", NO_CHECKPOINTS))
                .assertFailure("there is no complete checkpoint below", "file:/no/such");
    }

    /** Tokens of the one request, while the job runs. */
    private static List<Integer> listen(TtsProcess run) throws Exception {
        List<Integer> tokens = new ArrayList<>();
        try (TokenListener listener =
                new TokenListener(
                        client,
                        "tts-tokens",
                        TokenListener.Start.EARLIEST,
                        IsolationLevel.READ_COMMITTED)) {
            while (true) {
                run.assertAlive();
                for (ReceivedTokens received : listener.poll(Duration.ofMillis(100))) {
                    tokens.addAll(received.tokens().getTokens());
                    if (received.tokens().getFinishReason() != null) {
                        return tokens;
                    }
                }
            }
        }
    }

    private static List<Path> completeCheckpoints() throws IOException {
        return filesBelow(Path.of(checkpoints())).stream()
                .filter(file -> file.endsWith("_metadata"))
                .toList();
    }

    /** Files may come and go meanwhile. */
    private static List<Path> filesBelow(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(directory)) {
            return found.filter(Files::isRegularFile).toList();
        } catch (UncheckedIOException e) {
            return List.of();
        }
    }

    @Test
    void testModelThatCannotBeUsedIsRefused() throws Exception {
        refused("tts.model=/no/such.safetensors").assertFailure("/no/such.safetensors");
        byte[] whole = Files.readAllBytes(files.model());
        Path bad = directory.resolve("bad.safetensors");
        Files.write(bad, Arrays.copyOf(whole, 5000));
        refused("tts.model=" + bad).assertFailure(bad, "truncated?");
        Files.write(bad, "no weights at all, but long enough for a header".getBytes(UTF_8));
        refused("tts.model=" + bad).assertFailure(bad, "expected a safetensors file");
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
        return TtsRun.of(withArguments("-D" + option));
    }

    private static List<String> withArguments(String... more) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(
                List.of(
                        "run",
                        "-Dtts.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                        "-Dtts.model=" + files.model(),
                        "-Dtts.vocabulary=" + directory.resolve("mini_vocab.txt"),
                        "-Dtts.cache.directory=" + directory.resolve("cache"),
                        "-Dexecution.checkpointing.dir=" + checkpoints()));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private static URI checkpoints() {
        return directory.resolve("checkpoints").toUri();
    }
}
