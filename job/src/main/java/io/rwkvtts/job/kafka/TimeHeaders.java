package io.rwkvtts.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.schema.HeaderNames;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The Kafka headers of the output records. They are not part of their identity. */
final class TimeHeaders {

    private TimeHeaders() {}

    /**
     * New headers.
     *
     * @param requestTimestampMs timestamp of the request's first event, epoch milliseconds
     * @param emittedAtMs when the record was emitted, epoch milliseconds
     */
    static Headers of(long requestTimestampMs, long emittedAtMs) {
        Headers headers = new RecordHeaders();
        headers.add(header(HeaderNames.REQUEST_TIMESTAMP_MS, requestTimestampMs));
        headers.add(header(HeaderNames.EMITTED_AT_MS, emittedAtMs));
        return headers;
    }

    private static RecordHeader header(String name, long value) {
        return new RecordHeader(name, Long.toString(value).getBytes(UTF_8));
    }
}
