package io.rwkvtts.job.kafka;

import io.rwkvtts.schema.StrictUtf8;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireFormatException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Plain text: each record is a whole request, without attributes. Its id is the record's key or,
 * where that is missing or empty, {@code topic-partition-offset}, which a replay finds again.
 */
final class PlainTextDecoder implements TextEventDecoder {

    @Override
    public TextEvent decode(ConsumerRecord<byte[], byte[]> record) throws WireFormatException {
        String id = id(record);
        try {
            return TextEvent.newBuilder()
                    .setRequestId(id)
                    .setText(StrictUtf8.decode(record.value(), "the text"))
                    .build();
        } catch (WireFormatException e) {
            throw e.of(id);
        }
    }

    private static String id(ConsumerRecord<byte[], byte[]> record) throws WireFormatException {
        byte[] key = record.key();
        if (key == null || key.length == 0) {
            return record.topic() + "-" + record.partition() + "-" + record.offset();
        }
        return StrictUtf8.decode(key, "the key, the request's id,");
    }

    @Override
    public boolean isKeyed() {
        return false;
    }
}
