package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.job.kafka.ControlTopic;
import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.HeaderNames;
import io.rwkvtts.schema.WireCodec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code tts control} against a real broker. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ControlCommandITCase {

    private record Result(int status, String out, String err) {}

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

    private static void create(String topic) {
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties)) {
            new ControlTopic(topic).create(brokers);
        }
    }

    private static Result control(String topic, String... arguments) {
        List<String> all = new ArrayList<>(List.of("control"));
        all.addAll(Arrays.asList(arguments));
        all.add("--control-topic=" + topic);
        return run(all);
    }

    private static Result run(List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.add("--bootstrap-servers=" + kafka.bootstrapServers());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Tts.commandLine();
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int status = line.execute(all.toArray(String[]::new));
        return new Result(status, out.toString(), err.toString());
    }

    @Test
    void testWhatIsSetIsShown() {
        create("shown");
        assertThat(control("shown", "list").out()).contains("as the job was started");

        Result queue = control("shown", "set", "tts.queue.when-full=reject");
        assertThat(queue.status()).as(queue.err()).isZero();
        assertThat(queue.out()).contains("tts.queue.when-full=reject from now on");
        Result later = control("shown", "set", "tts.chunk.tokens=15", "--from=PT1H");
        assertThat(later.status()).as(later.err()).isZero();
        Result trial =
                control(
                        "shown",
                        "set",
                        "tts.chunk.first-tokens=5",
                        "--experiment=short",
                        "--share=20%");
        assertThat(trial.out()).contains("20.0 % of the requests (experiment short)");
        control("shown", "set", "tts.queue.capacity=7");
        control("shown", "set", "tts.queue.capacity", "--default");

        String list = control("shown", "list").out();
        assertThat(list.lines())
                .anyMatch(line -> line.matches("tts.queue.when-full +reject +\\(read\\).*"))
                .anyMatch(line -> line.matches("tts.chunk.tokens +15 +2.*Z.*"))
                .anyMatch(line -> line.matches("tts.chunk.first-tokens +5 +2.*Z +short +0.2"))
                .anyMatch(line -> line.matches("tts.queue.capacity +\\(as started\\).*"));
        assertThat(control("shown", "get", "tts.chunk.tokens").out())
                .contains("15")
                .doesNotContain("reject");
        assertThat(control("shown", "get", "tts.tenant.burst").out())
                .contains("tts.tenant.burst is as the job was started");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tts.chunk.tokenz=15 | did you mean tts.chunk.tokens",
                "tts.segment.max-units=100 | may not change while the job runs",
                "tts.chunk.tokens=many | tts.chunk.tokens",
                "tts.chunk.tokens=0 | tts.chunk.tokens is 0, expected at least 1",
                "tts.chunk.tokens=2000000000 | expected at most 2048",
                "tts.queue.capacity=2147483647 | expected at most 1000000",
                "tts.chunk.tokens | expected KEY=VALUE",
                "tts.queue.capacity=5 --from=PT1M | leave --from out",
                "tts.queue.capacity=5 --experiment=x --share=0.5 | from when it is read",
                "tts.chunk.tokens=15 --share=0.5 | both of --experiment and --share",
                "tts.chunk.tokens=15 --experiment=x --share=2 | less than 1",
                "tts.chunk.tokens=15 --from=soon | a point in time"
            })
    void testWrongUsageIsTold(String arguments, String reason) {
        create("wrong");
        Result result = control("wrong", ("set " + arguments).split(" "));
        assertThat(result.status()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(result.err()).contains(reason);
        assertThat(control("wrong", "list").out()).contains("as the job was started");
    }

    /** The job will refuse it, too. */
    @Test
    void testTooLateIsTold() {
        create("late");
        Result result = control("late", "set", "tts.chunk.tokens=15", "--from=PT2S");
        assertThat(result.status()).isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(result.err()).contains("5 s between them");
    }

    @Test
    void testTopicOfAnotherShapeIsTold() {
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties)) {
            brokers.createTopics(List.of("shapeless"), 2);
        }
        assertThat(control("shapeless", "list").err())
                .contains("2 partitions, expected 1")
                .contains("retention.ms=604800000, expected -1")
                .contains("message.timestamp.type=CreateTime, expected LogAppendTime");
        assertThat(control("absent", "list").err())
                .contains("kafka-topics.sh --create --partitions 1 --replication-factor 1");
    }

    /** Treated requests are slower to their first chunk, and end alike; each record comes twice. */
    @Test
    void testReportComparesTheSides() throws Exception {
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties)) {
            brokers.createTopics(List.of("tokens"), 2);
        }
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 60; i++) {
                boolean treated = i % 2 == 1;
                String arm = treated ? "short:b" : "short:a";
                long firstChunkMs = (treated ? 150 : 100) + i;
                String ended = i % 10 < 2 ? "length" : "stop";
                for (int copy = 0; copy < 2; copy++) {
                    producer.send(record("r" + i, 0, null, arm, firstChunkMs + 500 * copy));
                    producer.send(record("r" + i, 1, ended, arm, 1_000 + 500 * copy));
                }
            }
            producer.send(record("other", 0, null, "other:b", 9_999));
            producer.send(record("none", 0, null, null, 9_999));
        }
        Result report = report("--experiment=short");
        assertThat(report.status()).as(report.err()).isZero();
        assertThat(report.out().lines().map(line -> line.trim().replaceAll(" {2,}", " | ")))
                .contains("requests ended | 30 | 30 | - | -")
                .anyMatch(
                        line -> line.matches("first chunk ms, p50 . 130 . 181 . 0\\.9.. . <0.0001"))
                .anyMatch(line -> line.matches("RTF, p50 . 2.000 . 2.000 . 0.500 . 1.0000"))
                .anyMatch(line -> line.matches("ended as stop . 80.0 % . 80.0 % .*"))
                .contains("first chunk: the sides differ by more than chance")
                .contains("RTF: no difference that chance does not explain")
                .contains("ends: no difference that chance does not explain");
        assertThat(report("--experiment=unknown").out()).contains("too few requests to tell");
        assertThat(report("--experiment=short", "--since=2030-01-01T00:00:00Z").out())
                .contains("too few requests to tell");
    }

    private static Result report(String... arguments) {
        List<String> all = new ArrayList<>(List.of("control", "report", "--topic=tokens"));
        all.addAll(Arrays.asList(arguments));
        return run(all);
    }

    /** Of a request at time 0 with 25 tokens: a chunk, or an end with its reason. */
    private static ProducerRecord<byte[], byte[]> record(
            String id, long sequence, String finishReason, String arm, long emittedAtMs) {
        AudioTokens tokens =
                AudioTokens.newBuilder()
                        .setRequestId(id)
                        .setSequence(sequence)
                        .setSegment(0)
                        .setTokenOffset(sequence * 25)
                        .setTokens(finishReason == null ? Collections.nCopies(25, 7) : List.of())
                        .setModelId("model")
                        .setFinishReason(finishReason)
                        .build();
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(
                        "tokens", id.getBytes(UTF_8), WireCodec.audioTokens().encode(tokens));
        record.headers().add(HeaderNames.REQUEST_TIMESTAMP_MS, "0".getBytes(UTF_8));
        record.headers().add(HeaderNames.EMITTED_AT_MS, Long.toString(emittedAtMs).getBytes(UTF_8));
        if (arm != null) {
            record.headers().add(HeaderNames.ARM, arm.getBytes(UTF_8));
        }
        return record;
    }

    @Test
    void testRecordsThatChangeNothingAreListed() throws Exception {
        create("bad");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(
                            new ProducerRecord<>(
                                    "bad", "tts.model".getBytes(UTF_8), "{}".getBytes(UTF_8)))
                    .get();
        }
        assertThat(control("bad", "list").out()).contains("record 0 (tts.model) is refused");
    }
}
