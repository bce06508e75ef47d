package io.rwkvtts.job.kafka;

import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireFormatException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads one form of the request topic's records. */
interface TextEventDecoder {

    /**
     * The event in a record. Its content is checked elsewhere.
     *
     * @param record with a value
     * @throws WireFormatException if there is none; the message has what was found and expected
     */
    TextEvent decode(ConsumerRecord<byte[], byte[]> record) throws WireFormatException;

    /** Whether a record's key decides about the order, so that it should be the request id. */
    boolean isKeyed();
}
