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
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Bytes of a dead letter. What could be long is cut, so that a record which Kafka accepted once
 * does not fail the job because the letter about it is larger than a message may be.
 */
final class DeadLetterSerializer implements SerializationSchema<RejectedRecord> {

    static final int MAX_PAYLOAD_BYTES = 512 << 10;
    static final int MAX_KEY_BYTES = 64 << 10;

    private static final long serialVersionUID = 1L;

    private transient WireCodec<DeadLetter> codec;

    /**
     * Complete records for a topic: value, reason and origin as headers; as key the rejected
     * record's, or else its request id.
     */
    static KafkaRecordSerializationSchema<RejectedRecord> records(String topic) {
        return KafkaRecordSerializationSchema.<RejectedRecord>builder()
                .setTopic(topic)
                .setKeySerializationSchema(DeadLetterSerializer::key)
                .setValueSerializationSchema(new DeadLetterSerializer())
                .setHeaderProvider(DeadLetterSerializer::headers)
                .build();
    }

    @Override
    public void open(InitializationContext context) {
        codec = WireCodec.deadLetters();
    }

    @Override
    public byte[] serialize(RejectedRecord rejected) {
        byte[] payload = rejected.payload();
        return codec.encode(
                DeadLetter.newBuilder()
                        .setReason(rejected.reason())
                        .setDetail(OutputText.bounded(rejected.detail()))
                        .setRequestId(OutputText.bounded(rejected.requestId()))
                        .setTopic(rejected.origin().topic())
                        .setPartition(rejected.origin().partition())
                        .setOffset(rejected.origin().offset())
                        .setTimestamp(rejected.timestampMs())
                        .setKey(cut(rejected.key(), MAX_KEY_BYTES))
                        .setPayload(cut(payload, MAX_PAYLOAD_BYTES))
                        .setPayloadLength(payload == null ? 0 : payload.length)
                        .build());
    }

    private static ByteBuffer cut(byte[] bytes, int length) {
        return bytes == null ? null : ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, length));
    }

    private static byte[] key(RejectedRecord rejected) {
        byte[] key = rejected.key();
        if (key == null) {
            String requestId = OutputText.bounded(rejected.requestId());
            return requestId == null ? null : requestId.getBytes(UTF_8);
        }
        return key.length <= MAX_KEY_BYTES ? key : Arrays.copyOf(key, MAX_KEY_BYTES);
    }

    private static Headers headers(RejectedRecord rejected) {
        Headers headers = new RecordHeaders();
        headers.add(new RecordHeader(HeaderNames.ERROR, rejected.reason().getBytes(UTF_8)));
        headers.add(
                new RecordHeader(HeaderNames.ORIGIN, rejected.origin().toString().getBytes(UTF_8)));
        return headers;
    }
}
