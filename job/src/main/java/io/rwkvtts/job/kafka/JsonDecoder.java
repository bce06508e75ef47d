package io.rwkvtts.job.kafka;

import io.rwkvtts.schema.JsonCodec;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireFormatException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Text events as JSON. */
final class JsonDecoder implements TextEventDecoder {

    @Override
    public TextEvent decode(ConsumerRecord<byte[], byte[]> record) throws WireFormatException {
        return JsonCodec.decode(record.value());
    }

    @Override
    public boolean isKeyed() {
        return true;
    }
}
