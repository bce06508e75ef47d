package io.rwkvtts.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.schema.HeaderNames;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The Kafka headers of tokens and sound. They are not part of their identity. */
final class OutputHeaders {

    private OutputHeaders() {}

    /**
     * New headers.
     *
     * @param requestTimestampMs timestamp of the request's first event, epoch milliseconds
     * @param emittedAtMs when the record was emitted, epoch milliseconds
     * @param arm side of an experiment that the request is on; null if it takes part in none
     */
    static Headers of(long requestTimestampMs, long emittedAtMs, String arm) {
        Headers headers = new RecordHeaders();
        headers.add(header(HeaderNames.REQUEST_TIMESTAMP_MS, requestTimestampMs));
        headers.add(header(HeaderNames.EMITTED_AT_MS, emittedAtMs));
        if (arm != null) {
            headers.add(HeaderNames.ARM, arm.getBytes(UTF_8));
        }
        return headers;
    }

    private static RecordHeader header(String name, long value) {
        return new RecordHeader(name, Long.toString(value).getBytes(UTF_8));
    }
}
