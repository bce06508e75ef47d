package io.rwkvtts.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Bytes that Kafka's limits count: those of a batch with this record alone, uncompressed, rounded
 * up.
 */
final class RecordSize {

    /** Head of a batch (61 bytes), and lengths, times and offsets of a record. */
    private static final int HEAD = 61 + 35;

    /** Both lengths of a header. */
    private static final int HEADER = 10;

    private RecordSize() {}

    static int of(ProducerRecord<byte[], byte[]> record) {
        int bytes = HEAD + length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            bytes += HEADER + header.key().getBytes(UTF_8).length + length(header.value());
        }
        return bytes;
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
