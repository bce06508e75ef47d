package io.rwkvtts.job.kafka;

/** Kafka is not there or not as the job needs it. The message has what to do. */
public final class KafkaSetupException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    KafkaSetupException(String message) {
        super(message);
    }

    KafkaSetupException(String message, Throwable cause) {
        super(message, cause);
    }
}
