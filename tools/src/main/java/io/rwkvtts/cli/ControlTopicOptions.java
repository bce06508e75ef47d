package io.rwkvtts.cli;

import io.rwkvtts.job.kafka.ControlTopic;
import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.operator.ControlBatch;
import io.rwkvtts.operator.ControlLog;
import io.rwkvtts.operator.ControlPosition;
import io.rwkvtts.operator.ControlRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a job's options are changed. */
final class ControlTopicOptions {

    @Mixin private KafkaConnection kafka;

    @Option(
            names = "--control-topic",
            paramLabel = "NAME",
            defaultValue = "tts-control",
            description = "the job's tts.kafka.control-topic (default: ${DEFAULT-VALUE})")
    private String topic;

    /** Name of the topic. */
    String topic() {
        return topic;
    }

    /** Properties for a Kafka client, a new object. */
    Properties properties() {
        return kafka.properties();
    }

    /**
     * Requires that the topic is there and as it has to be.
     *
     * @throws io.rwkvtts.job.kafka.KafkaSetupException if not
     */
    void require() {
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties())) {
            new ControlTopic(topic).require(brokers);
        }
    }

    /**
     * All records of the topic.
     *
     * @throws IOException if they cannot be read
     */
    List<ControlRecord> read() throws IOException {
        require();
        List<ControlRecord> records = new ArrayList<>();
        try (ControlLog log = new ControlTopic(topic).open(properties(), ControlPosition.START)) {
            ControlBatch batch;
            do {
                batch = log.read();
                records.addAll(batch.records());
            } while (batch.knownUntilMs() == ControlBatch.UNKNOWN);
        }
        return records;
    }
}
