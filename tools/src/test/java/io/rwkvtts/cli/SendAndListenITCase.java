package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.HeaderNames;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.TextEvents;
import io.rwkvtts.schema.WireCodec;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The commands for a given Kafka, against a real one. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SendAndListenITCase {

    private static EmbeddedKafka kafka;
    private static Properties properties;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(0);
        properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void testWordsBecomeOneEvent() throws Exception {
        createTopic("words");

        Result result = tts("send", "--topic=words", "--id=r1", "Hello,", "streaming", "world.");

        assertThat(result.status()).isZero();
        assertThat(result.out()).isEqualToIgnoringNewLines("r1 #0 last -> words-0@0");
        TextEvent event = events("words", 1).get(0);
        assertThat(event.getRequestId()).isEqualTo("r1");
        assertThat(event.getText()).isEqualTo("Hello, streaming world.");
        assertThat(event.getLast()).isTrue();
        assertThat(event.getSeed()).isNull();
    }

    @Test
    void testEveryOptionArrives() throws Exception {
        createTopic("options");

        Instant before = Instant.now();
        Result result =
                tts(
                        ("send --topic=options --id=r1 --sequence=3 --no-last --voice=anna"
                                        + " --age=elderly --gender=male --emotion=HAPPY"
                                        + " --pitch=low_pitch --speed=fast --temperature=0.7"
                                        + " --top-p=0.9 --top-k=50 --seed=18446744073709551615"
                                        + " --max-semantic-tokens=500 --min-semantic-tokens=1"
                                        + " --priority=-3 --deadline=PT1H --tenant=acme Hello")
                                .split(" "));

        assertThat(result.status()).as(result.err()).isZero();
        TextEvent event = events("options", 1).get(0);
        long deadline = event.getDeadline();
        event.setDeadline(null);
        assertThat(Instant.ofEpochMilli(deadline))
                .isBetween(before.plusSeconds(3599), Instant.now().plusSeconds(3600));
        assertThat(event)
                .isEqualTo(
                        TextEvent.newBuilder(TextEvents.full())
                                .setRequestId("r1")
                                .setSequence(3)
                                .setText("Hello")
                                .setCancel(false)
                                .setDeadline(null)
                                .setBudgetMs(null)
                                .build());
    }

    @Test
    void testLinesOfTheInputBecomeEventsOfOneRequest() throws Exception {
        createTopic("lines");

        Result result = withInput("Hello,\nWörld.\n", "send", "--topic=lines", "--id=r1");

        assertThat(result.status()).as(result.err()).isZero();
        List<TextEvent> events = events("lines", 3);
        assertThat(events).extracting(TextEvent::getRequestId).containsOnly("r1");
        assertThat(events).extracting(TextEvent::getSequence).containsExactly(0L, 1L, 2L);
        assertThat(events)
                .extracting(TextEvent::getText)
                .containsExactly("Hello,\n", "Wörld.\n", "");
        assertThat(events).extracting(TextEvent::getLast).containsExactly(false, false, true);
    }

    @Test
    void testJsonAndPlainTextAreSentToJobsThatReadThem() throws Exception {
        createTopic("forms");

        tts("send", "--topic=forms", "--id=r1", "--format=json", "--seed=7", "Hello.");
        tts("send", "--topic=forms", "--id=r2", "--format=text", "Hello.");
        Result tooMuch = tts("send", "--topic=forms", "--format=text", "--seed=7", "Hello.");

        assertThat(records("forms", 2))
                .extracting(record -> new String(record.value(), UTF_8))
                .containsExactly("{\"requestId\":\"r1\",\"text\":\"Hello.\",\"seed\":7}", "Hello.");
        assertThat(tooMuch.status()).isEqualTo(1);
        assertThat(tooMuch.err()).contains("plain text is a whole request").hasLineCount(1);
    }

    @Test
    void testPlainTextFromThePipeIsOneRequest() throws Exception {
        createTopic("plain");

        Result result =
                withInput(
                        "Text may come\nin pieces.\n",
                        "send",
                        "--topic=plain",
                        "--id=r1",
                        "--format=text");

        assertThat(result.status()).as(result.err()).isZero();
        ConsumerRecord<byte[], byte[]> record = records("plain", 1).get(0);
        assertThat(record.key()).isEqualTo("r1".getBytes(UTF_8));
        assertThat(record.value()).isEqualTo("Text may come\nin pieces.\n".getBytes(UTF_8));
    }

    @Test
    void testCancelIsSent() throws Exception {
        createTopic("cancel");

        Result result = tts("send", "--topic=cancel", "--id=r1", "--cancel");

        assertThat(result.out()).isEqualToIgnoringNewLines("r1 #0 cancel -> cancel-0@0");
        assertThat(events("cancel", 1).get(0).getCancel()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void testAnInterruptedPipeCancelsItsRequest(String signal) throws Exception {
        String topic = "interrupted-" + signal;
        createTopic(topic);
        Process send = process("send", "--topic=" + topic, "--id=r1");
        try {
            Writer input = send.outputWriter(UTF_8);
            input.write("Hello,\n");
            input.flush();
            assertThat(events(topic, 1).get(0).getText()).isEqualTo("Hello,\n");

            new ProcessBuilder("kill", "-" + signal, Long.toString(send.pid())).start().waitFor();

            assertThat(send.waitFor(30, TimeUnit.SECONDS)).isTrue();
            TextEvent cancel = events(topic, 2).get(1);
            assertThat(cancel.getRequestId()).isEqualTo("r1");
            assertThat(cancel.getCancel()).isTrue();
        } finally {
            send.destroyForcibly();
        }
    }

    @Test
    void testARequestThatFailsIsCancelledAndOneLeftOpenIsNot() throws Exception {
        createTopic("failed");
        createTopic("left-open");
        String tooLong = "x".repeat(WireCodec.MAX_BYTES);

        Result failed = withInput("Hello,\n" + tooLong, "send", "--topic=failed", "--id=r1");
        withInput("Hello,\n", "send", "--topic=left-open", "--id=r1", "--no-last");
        tts("send", "--topic=left-open", "--id=r2", "Hello");

        assertThat(failed.status()).isEqualTo(1);
        assertThat(events("failed", 2).get(1).getCancel()).isTrue();
        assertThat(events("left-open", 2))
                .extracting(TextEvent::getRequestId)
                .containsExactly("r1", "r2");
    }

    @Test
    void testListenEndsWhenNobodyReadsAnyMore() throws Exception {
        createTopic("head");
        write("head", chunk("a", 0));
        Process listen = process("listen", "--topic=head", "--from-beginning");
        try {
            BufferedReader output = listen.inputReader(UTF_8);
            assertThat(output.readLine()).startsWith("a #0");
            output.close();
            write("head", chunk("a", 1));

            assertThat(listen.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(listen.exitValue()).isZero();
        } finally {
            listen.destroyForcibly();
        }
    }

    /** A command in a JVM of its own, whose standard streams can be closed. */
    private static Process process(String command, String... arguments) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-XX:TieredStopAtLevel=1", Tts.class.getName(), command));
        line.add("--bootstrap-servers=" + kafka.bootstrapServers());
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    @Test
    void testBudgetArrives() throws Exception {
        createTopic("budget");

        Result result = tts("send", "--topic=budget", "--budget=PT2.5S", "Hello");

        assertThat(result.status()).as(result.err()).isZero();
        TextEvent event = events("budget", 1).get(0);
        assertThat(event.getBudgetMs()).isEqualTo(2_500);
        assertThat(event.getDeadline()).isNull();
    }

    @Test
    void testWrongUsageOfSendIsExplained() {
        assertUsage("--cancel needs --id", "send", "--cancel");
        assertUsage("--cancel takes no text", "send", "--cancel", "--id=r", "Hello");
        assertUsage("--id: requestId is blank", "send", "--id= ", "Hello");
        assertUsage("--sequence is -1", "send", "--sequence=-1", "Hello");
        assertUsage("--seed", "send", "--seed=18446744073709551616", "Hello");
        assertUsage("expected a point in time", "send", "--deadline=soon", "Hello");
        assertUsage("expected a length of time", "send", "--budget=2", "Hello");
        assertUsage("expected a length of time", "send", "--budget=-PT1S", "Hello");
        assertUsage("--deadline and --budget", "send", "--deadline=PT1S", "--budget=PT1S", "Hello");
        assertUsage("--until-finished is 0", "listen", "--until-finished=0");
    }

    @Test
    void testMissingTopicIsNamed() {
        Result send = tts("send", "--topic=absent", "Hello");
        Result listen = tts("listen", "--topic=absent");

        assertThat(send.status()).isEqualTo(1);
        assertThat(send.err()).contains("topic absent does not exist");
        assertThat(listen.status()).isEqualTo(1);
        assertThat(listen.err()).contains("topic absent does not exist");
    }

    @Test
    void testListenPrintsWhatTheRuleLetsThrough() throws Exception {
        createTopic("tokens");
        write("tokens", chunk("a", 0));
        write("tokens", chunk("b", 0));
        write("tokens", chunk("a", 1));
        write("tokens", chunk("a", 0));
        write("tokens", chunk("a", 1));
        write("tokens", end("a", 2));
        write("tokens", end("a", 2));
        write("tokens", end("b", 1));

        Result one = tts("listen --topic=tokens --from-beginning --until-finished=1".split(" "));
        Result id =
                tts("listen --topic=tokens --from-beginning --until-finished=1 --id=b".split(" "));
        Result json =
                tts("listen --topic=tokens --from-beginning --until-finished=2 --json".split(" "));

        assertThat(one.out().lines())
                .containsExactly(
                        "a #0 at 0.00 s: 2 tokens of segment 0, 30 ms after the request",
                        "b #0 at 0.00 s: 2 tokens of segment 0, 30 ms after the request",
                        "a #1 at 0.04 s: 2 tokens of segment 0, 30 ms after the request",
                        "a #2 at 0.08 s: stop, 30 ms after the request");
        assertThat(id.out().lines())
                .containsExactly(
                        "b #0 at 0.00 s: 2 tokens of segment 0, 30 ms after the request",
                        "b #1 at 0.04 s: stop, 30 ms after the request");
        assertThat(json.out().lines())
                .hasSize(5)
                .allSatisfy(line -> assertThat(line).startsWith("{\"requestId\":").endsWith("}"));
    }

    @Test
    void testListenerWritesTheSoundOfEachRequest(@TempDir Path directory) throws Exception {
        createTopic("sound");
        List<Integer> speaker = Collections.nCopies(32, 3077);
        write("sound", chunk("a", 0).setGlobalTokens(speaker));
        write("sound", chunk("a", 1));
        write("sound", chunk("a", 1));
        write("sound", end("a", 2));

        Result result =
                tts(
                        "listen",
                        "--topic=sound",
                        "--from-beginning",
                        "--until-finished=1",
                        "--wav=" + directory);

        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out().lines()).hasSize(3);
        try (AudioInputStream in =
                AudioSystem.getAudioInputStream(directory.resolve("a.wav").toFile())) {
            assertThat(in.getFrameLength()).isEqualTo(4 * 320);
        }
    }

    private record Result(int status, String out, String err) {}

    private static Result tts(String... arguments) {
        String[] withBroker = arguments.clone();
        withBroker[0] = arguments[0] + " --bootstrap-servers=" + kafka.bootstrapServers();
        CommandLine tts = Tts.commandLine();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        tts.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int status =
                tts.execute(
                        Stream.concat(
                                        Arrays.stream(withBroker[0].split(" ")),
                                        Arrays.stream(arguments).skip(1))
                                .toArray(String[]::new));
        return new Result(status, out.toString(), err.toString());
    }

    private static Result withInput(String input, String... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(UTF_8)));
        try {
            return tts(arguments);
        } finally {
            System.setIn(before);
        }
    }

    private static void assertUsage(String message, String... arguments) {
        Result result = tts(arguments);
        assertThat(result.status()).as(result.err()).isEqualTo(2);
        assertThat(result.err()).contains(message);
    }

    private static void createTopic(String topic) {
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties)) {
            brokers.createTopics(List.of(topic), 1);
        }
    }

    private static List<TextEvent> events(String topic, int count) throws Exception {
        List<TextEvent> events = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records(topic, count)) {
            TextEvent event = WireCodec.textEvents().decode(record.value());
            assertThat(record.key()).isEqualTo(event.getRequestId().getBytes(UTF_8));
            events.add(event);
        }
        return events;
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String topic, int count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (records.size() < count) {
                consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
            }
        }
        return records;
    }

    private static AudioTokens.Builder chunk(String id, long sequence) {
        return AudioTokens.newBuilder()
                .setRequestId(id)
                .setSequence(sequence)
                .setSegment(0)
                .setTokenOffset(2 * sequence)
                .setTokens(List.of(1, 2))
                .setModelId("m");
    }

    private static AudioTokens.Builder end(String id, long sequence) {
        return chunk(id, sequence).setTokens(List.of()).setFinishReason("stop");
    }

    private static void write(String topic, AudioTokens.Builder tokens) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(
                            topic, null, WireCodec.audioTokens().encode(tokens.build()));
            record.headers().add(HeaderNames.REQUEST_TIMESTAMP_MS, "100".getBytes(UTF_8));
            record.headers().add(HeaderNames.EMITTED_AT_MS, "130".getBytes(UTF_8));
            producer.send(record).get();
        }
    }
}
