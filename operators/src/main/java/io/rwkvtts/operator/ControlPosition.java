package io.rwkvtts.operator;

/**
 * How far the control topic was read.
 *
 * @param topic name and id of the topic, so that one that was created again under the same name is
 *     known for another; null if none was read
 * @param offset to read on from
 */
public record ControlPosition(String topic, long offset) {

    /** Nothing was read. */
    public static final ControlPosition START = new ControlPosition(null, 0);
}
