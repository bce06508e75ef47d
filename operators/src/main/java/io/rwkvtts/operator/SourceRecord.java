package io.rwkvtts.operator;

/**
 * What the source yields for one Kafka record: exactly one of the two is not null.
 *
 * @param event the decoded event
 * @param rejected the record that could not be decoded
 * @param keyDiffers whether the Kafka key is another than the event's request id
 */
public record SourceRecord(RequestEvent event, RejectedRecord rejected, boolean keyDiffers) {}
