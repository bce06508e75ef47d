package io.rwkvtts.client;

/**
 * Why no more records of a request come although it has not ended: Kafka did not take it or cannot
 * be read, nothing came for too long, its reader is too slow, or the client was closed. What the
 * job finds wrong with a request is no exception but its last record, with finish reason {@code
 * error}.
 */
public final class SpeechException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SpeechException(String message) {
        super(message);
    }

    SpeechException(String message, Throwable cause) {
        super(message, cause);
    }
}
