package io.rwkvtts.client;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.schema.InputFormat;
import java.time.Duration;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.kafka.common.IsolationLevel;

/**
 * What a {@link SpeechClient} needs to know of Kafka and of the job.
 *
 * @param kafka properties of a Kafka client, with {@code bootstrap.servers}
 * @param requestsTopic the job's {@code tts.kafka.requests-topic}
 * @param tokensTopic the job's {@code tts.kafka.tokens-topic}
 * @param format what the job reads, its {@code tts.input.format}
 * @param isolation whether to see records of transactions that are not committed; of importance
 *     only if the job delivers exactly once
 * @param holdLimits how long and how much is held of requests of which a record is missing
 * @param idleTimeout a request fails, and is cancelled, when nothing was sent or received of it for
 *     this time. Longer than a request may wait in the job's queue
 * @param bufferedRecords most records of a {@link SpeechStream} that wait for their reader
 */
public record SpeechSettings(
        Properties kafka,
        String requestsTopic,
        String tokensTopic,
        InputFormat format,
        IsolationLevel isolation,
        HoldLimits holdLimits,
        Duration idleTimeout,
        int bufferedRecords) {

    /**
     * @throws IllegalArgumentException if the timeout is not positive, or no record may wait
     */
    public SpeechSettings {
        requireNonNull(requestsTopic, "requestsTopic");
        requireNonNull(tokensTopic, "tokensTopic");
        requireNonNull(format, "format");
        requireNonNull(isolation, "isolation");
        requireNonNull(holdLimits, "holdLimits");
        if (idleTimeout.isNegative() || idleTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "idleTimeout is " + idleTimeout + "; expected more than 0");
        }
        if (bufferedRecords < 1) {
            throw new IllegalArgumentException(
                    "bufferedRecords is " + bufferedRecords + "; expected 1 or more");
        }
        Properties copy = new Properties();
        copy.putAll(kafka);
        kafka = copy;
    }

    /**
     * The job's default topics and format, all records at once, 10 minutes without any, and 4,096
     * records: half an hour of audio.
     *
     * @param kafka properties of a Kafka client, with {@code bootstrap.servers}
     */
    public static SpeechSettings of(Properties kafka) {
        return new SpeechSettings(
                kafka,
                "tts-requests",
                "tts-tokens",
                InputFormat.AVRO,
                IsolationLevel.READ_UNCOMMITTED,
                HoldLimits.DEFAULT,
                Duration.ofMinutes(10),
                4_096);
    }

    /** The same with other topics. */
    public SpeechSettings withTopics(String requests, String tokens) {
        return new SpeechSettings(
                kafka,
                requests,
                tokens,
                format,
                isolation,
                holdLimits,
                idleTimeout,
                bufferedRecords);
    }

    /** The same for a job that reads another format. */
    public SpeechSettings withFormat(InputFormat other) {
        return new SpeechSettings(
                kafka,
                requestsTopic,
                tokensTopic,
                other,
                isolation,
                holdLimits,
                idleTimeout,
                bufferedRecords);
    }

    /** The same with another isolation level. */
    public SpeechSettings withIsolation(IsolationLevel other) {
        return new SpeechSettings(
                kafka,
                requestsTopic,
                tokensTopic,
                format,
                other,
                holdLimits,
                idleTimeout,
                bufferedRecords);
    }

    /** The same with other limits for requests of which a record is missing. */
    public SpeechSettings withHoldLimits(HoldLimits other) {
        return new SpeechSettings(
                kafka,
                requestsTopic,
                tokensTopic,
                format,
                isolation,
                other,
                idleTimeout,
                bufferedRecords);
    }

    /** The same with another time after which a silent request fails. */
    public SpeechSettings withIdleTimeout(Duration other) {
        return new SpeechSettings(
                kafka,
                requestsTopic,
                tokensTopic,
                format,
                isolation,
                holdLimits,
                other,
                bufferedRecords);
    }

    /** The same with another number of records that may wait for the reader of a stream. */
    public SpeechSettings withBufferedRecords(int other) {
        return new SpeechSettings(
                kafka,
                requestsTopic,
                tokensTopic,
                format,
                isolation,
                holdLimits,
                idleTimeout,
                other);
    }

    /** Without the values of Kafka's properties, among which are passwords. */
    @Override
    public String toString() {
        return "SpeechSettings[requests %s (%s), tokens %s, %s, %s, idle %s, buffered %d, kafka %s]"
                .formatted(
                        requestsTopic,
                        format,
                        tokensTopic,
                        isolation,
                        holdLimits,
                        idleTimeout,
                        bufferedRecords,
                        new TreeSet<>(kafka.stringPropertyNames()));
    }
}
