package io.rwkvtts.job.kafka;

import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireCodec;
import io.rwkvtts.schema.WireFormatException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Text events in Avro's single-object encoding. */
final class AvroDecoder implements TextEventDecoder {

    private final WireCodec<TextEvent> codec = WireCodec.textEvents();

    @Override
    public TextEvent decode(ConsumerRecord<byte[], byte[]> record) throws WireFormatException {
        return codec.decode(record.value());
    }

    @Override
    public boolean isKeyed() {
        return true;
    }
}
