package io.rwkvtts.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.operator.RejectedRecord;
import io.rwkvtts.schema.DeadLetter;
import io.rwkvtts.schema.HeaderNames;
import io.rwkvtts.schema.WireCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Records of dead letters: reason and origin as headers; as key the rejected record's, or else its
 * request id. What could be long is cut, so that the letter about a record is not larger than its
 * topic allows.
 */
final class DeadLetterSerializer implements KafkaRecordSerializationSchema<RejectedRecord> {

    static final int MAX_PAYLOAD_BYTES = 512 << 10;

    /** Any letter can be cut to this size. */
    static final int SMALLEST_BYTES = 4096;

    private static final Cut USUAL = new Cut(64 << 10, OutputText.MAX_LENGTH);
    private static final Cut HEAD = new Cut(64, 128);

    /** Bytes by which a length in front of a payload grows with it. */
    private static final int LENGTH_GROWTH = 4;

    private static final long serialVersionUID = 1L;

    private final String topic;

    private transient WireCodec<DeadLetter> codec;

    /** Most bytes of the key and characters of a text. */
    private record Cut(int keyBytes, int chars) {}

    /**
     * @param topic of the dead letters
     */
    DeadLetterSerializer(String topic) {
        this.topic = topic;
    }

    @Override
    public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sink) {
        codec = WireCodec.deadLetters();
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            RejectedRecord rejected, KafkaSinkContext context, Long timestamp) {
        return record(rejected, Integer.MAX_VALUE);
    }

    /**
     * The record of a letter.
     *
     * @param maxBytes most bytes of it by {@link RecordSize}, at least {@link #SMALLEST_BYTES}
     */
    ProducerRecord<byte[], byte[]> record(RejectedRecord rejected, int maxBytes) {
        Cut cut = USUAL;
        int room = room(rejected, cut, maxBytes);
        if (room < 0) {
            cut = HEAD;
            room = room(rejected, cut, maxBytes);
        }
        return record(rejected, cut, Math.min(Math.max(room, 0), MAX_PAYLOAD_BYTES));
    }

    private int room(RejectedRecord rejected, Cut cut, int maxBytes) {
        return maxBytes - RecordSize.of(record(rejected, cut, 0)) - LENGTH_GROWTH;
    }

    private ProducerRecord<byte[], byte[]> record(
            RejectedRecord rejected, Cut cut, int payloadBytes) {
        return new ProducerRecord<>(
                topic,
                null,
                key(rejected, cut),
                value(rejected, cut, payloadBytes),
                headers(rejected));
    }

    private byte[] value(RejectedRecord rejected, Cut cut, int payloadBytes) {
        byte[] payload = rejected.payload();
        return codec.encode(
                DeadLetter.newBuilder()
                        .setReason(rejected.reason())
                        .setDetail(OutputText.bounded(rejected.detail(), cut.chars))
                        .setRequestId(OutputText.bounded(rejected.requestId(), cut.chars))
                        .setTopic(rejected.origin().topic())
                        .setPartition(rejected.origin().partition())
                        .setOffset(rejected.origin().offset())
                        .setTimestamp(rejected.timestampMs())
                        .setKey(cut(rejected.key(), cut.keyBytes))
                        .setPayload(cut(payload, payloadBytes))
                        .setPayloadLength(payload == null ? 0 : payload.length)
                        .build());
    }

    private static ByteBuffer cut(byte[] bytes, int length) {
        return bytes == null ? null : ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, length));
    }

    private static byte[] key(RejectedRecord rejected, Cut cut) {
        byte[] key = rejected.key();
        if (key == null) {
            String requestId = OutputText.bounded(rejected.requestId(), cut.chars);
            return requestId == null ? null : requestId.getBytes(UTF_8);
        }
        return key.length <= cut.keyBytes ? key : Arrays.copyOf(key, cut.keyBytes);
    }

    private static Headers headers(RejectedRecord rejected) {
        Headers headers = new RecordHeaders();
        headers.add(new RecordHeader(HeaderNames.ERROR, rejected.reason().getBytes(UTF_8)));
        headers.add(
                new RecordHeader(HeaderNames.ORIGIN, rejected.origin().toString().getBytes(UTF_8)));
        return headers;
    }
}
