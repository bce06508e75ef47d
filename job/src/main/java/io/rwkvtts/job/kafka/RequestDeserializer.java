package io.rwkvtts.job.kafka;

import io.rwkvtts.operator.Origin;
import io.rwkvtts.operator.RejectedRecord;
import io.rwkvtts.operator.RequestEvent;
import io.rwkvtts.operator.SourceRecord;
import io.rwkvtts.schema.InputFormat;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireFormatException;
import io.rwkvtts.synthesis.RequestAttributes;
import io.rwkvtts.synthesis.RequestedSampling;
import io.rwkvtts.synthesis.RequestedVoice;
import io.rwkvtts.synthesis.TextPiece;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Turns each record of the request topic into one {@link SourceRecord}: a record that is no text
 * event in the form that is set becomes a rejected one, with the request's id where that can be
 * read. Nothing fails and nothing disappears; an event's content is checked downstream.
 */
final class RequestDeserializer implements KafkaRecordDeserializationSchema<SourceRecord> {

    private static final long serialVersionUID = 1L;

    private final InputFormat format;

    private transient TextEventDecoder decoder;

    /**
     * @param format form of the records
     */
    RequestDeserializer(InputFormat format) {
        this.format = format;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        decoder =
                switch (format) {
                    case AVRO -> new AvroDecoder();
                    case JSON -> new JsonDecoder();
                    case TEXT -> new PlainTextDecoder();
                };
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<SourceRecord> out) {
        out.collect(sourceRecord(record));
    }

    private SourceRecord sourceRecord(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return undecodable(record, "the record has no value (a tombstone)", null);
        }
        TextEvent event;
        try {
            event = decoder.decode(record);
        } catch (WireFormatException e) {
            return undecodable(record, e.getMessage(), e.requestId().orElse(null));
        }
        byte[] expectedKey = event.getRequestId().getBytes(StandardCharsets.UTF_8);
        boolean keyDiffers = decoder.isKeyed() && !Arrays.equals(record.key(), expectedKey);
        return new SourceRecord(requestEvent(event, record), null, keyDiffers);
    }

    private static SourceRecord undecodable(
            ConsumerRecord<byte[], byte[]> record, String detail, String requestId) {
        RejectedRecord rejected =
                new RejectedRecord(
                        RejectedRecord.Reason.UNDECODABLE,
                        detail,
                        requestId,
                        record.timestamp(),
                        origin(record),
                        record.key(),
                        record.value());
        return new SourceRecord(null, rejected, false);
    }

    private static RequestEvent requestEvent(
            TextEvent event, ConsumerRecord<byte[], byte[]> record) {
        return new RequestEvent(
                event.getRequestId(),
                new TextPiece(event.getSequence(), event.getText(), event.getLast()),
                event.getCancel(),
                attributes(event),
                record.timestamp(),
                origin(record),
                record.value(),
                null);
    }

    private static RequestAttributes attributes(TextEvent event) {
        return new RequestAttributes(
                new RequestedVoice(
                        event.getVoiceId(),
                        event.getAge(),
                        event.getGender(),
                        event.getEmotion(),
                        event.getPitch(),
                        event.getSpeed()),
                new RequestedSampling(
                        event.getTemperature(), event.getTopP(), event.getTopK(), event.getSeed()),
                event.getMaxSemanticTokens(),
                event.getMinSemanticTokens(),
                event.getPriority(),
                event.getDeadline(),
                event.getBudgetMs(),
                event.getTenant());
    }

    private static Origin origin(ConsumerRecord<byte[], byte[]> record) {
        return new Origin(record.topic(), record.partition(), record.offset());
    }

    @Override
    public TypeInformation<SourceRecord> getProducedType() {
        return TypeInformation.of(SourceRecord.class);
    }
}
