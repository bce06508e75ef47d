package io.rwkvtts.operator;

/**
 * A record of the control topic as it was read. Immutable by convention: nobody writes to the
 * arrays.
 *
 * @param offset its place in the topic
 * @param timestampMs when the broker wrote it, epoch milliseconds
 * @param key key of an option; null if the record has none
 * @param value a {@link SwitchJson}; null if the record has none
 */
public record ControlRecord(long offset, long timestampMs, byte[] key, byte[] value) {}
