package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.HeaderNames;
import io.rwkvtts.schema.WireCodec;
import io.rwkvtts.schema.WireFormatException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tts control report}: compares the sides of an experiment. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compares the requests that a value was tried on (b) with the others (a): time from the"
                    + " request to its first chunk, RTF, and how they ended. docs/control.md has"
                    + " which tests tell chance from difference, and why.",
            ""
        },
        footer = {"", "Example:", "  tts control report --experiment short"})
final class ControlReportCommand implements Callable<Integer> {

    private static final Duration POLL = Duration.ofMillis(200);

    @Spec private CommandSpec spec;

    @Mixin private KafkaConnection kafka;

    @Option(
            names = "--experiment",
            required = true,
            paramLabel = "NAME",
            description = "name of the experiment")
    private String experiment;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            defaultValue = "tts-tokens",
            description = "token topic (default: ${DEFAULT-VALUE})")
    private String topic;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description =
                    "only records from this time on, such as 2026-11-27T08:30:00Z (default: all)")
    private Instant since;

    @Override
    public Integer call() throws IOException {
        kafka.require(topic);
        ExperimentReport report = new ExperimentReport(experiment);
        Properties properties = kafka.properties();
        properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            read(consumer, report);
        }
        PrintWriter out = spec.commandLine().getOut();
        report.print(out);
        return CommandLine.ExitCode.OK;
    }

    /** Reads what is in the topic by now. */
    private void read(KafkaConsumer<byte[], byte[]> consumer, ExperimentReport report)
            throws IOException {
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
        consumer.assign(partitions);
        seek(consumer, partitions);
        WireCodec<AudioTokens> codec = WireCodec.audioTokens();
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                String arm = header(record, HeaderNames.ARM);
                if (arm != null) {
                    received(record, arm, codec, report);
                }
            }
        }
    }

    private void seek(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        consumer.seekToBeginning(partitions);
        if (since == null) {
            return;
        }
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, since.toEpochMilli()));
        for (Map.Entry<TopicPartition, OffsetAndTimestamp> found :
                consumer.offsetsForTimes(times).entrySet()) {
            if (found.getValue() == null) {
                consumer.seekToEnd(List.of(found.getKey()));
            } else {
                consumer.seek(found.getKey(), found.getValue().offset());
            }
        }
    }

    private static void received(
            ConsumerRecord<byte[], byte[]> record,
            String arm,
            WireCodec<AudioTokens> codec,
            ExperimentReport report)
            throws IOException {
        try {
            report.received(
                    codec.decode(record.value()),
                    arm,
                    Long.parseLong(header(record, HeaderNames.REQUEST_TIMESTAMP_MS)),
                    Long.parseLong(header(record, HeaderNames.EMITTED_AT_MS)));
        } catch (WireFormatException | NumberFormatException e) {
            throw new IOException(
                    "record %d of partition %d of topic %s is none of the job's: %s"
                            .formatted(
                                    record.offset(),
                                    record.partition(),
                                    record.topic(),
                                    e.getMessage()),
                    e);
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }
}
