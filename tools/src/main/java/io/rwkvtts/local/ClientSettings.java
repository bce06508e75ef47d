package io.rwkvtts.local;

import io.rwkvtts.client.SpeechSettings;
import io.rwkvtts.job.kafka.KafkaSettings;
import java.time.Duration;

/** The client's settings for a job, from the job's own. */
public final class ClientSettings {

    /** More than the limits that the tools themselves have. */
    private static final Duration IDLE_TIMEOUT = Duration.ofHours(1);

    private ClientSettings() {}

    /** Settings of a client of the job that reads and writes these topics. */
    public static SpeechSettings of(KafkaSettings kafka) {
        return SpeechSettings.of(kafka.properties())
                .withTopics(kafka.topics().requests(), kafka.topics().tokens())
                .withFormat(kafka.inputFormat())
                .withIdleTimeout(IDLE_TIMEOUT);
    }
}
