package io.rwkvtts.protocol;

/** How the checksum of a voice file compares with its content. */
public enum Checksum {
    /** The content is what the writer wrote. */
    VALID,
    /** The file has none, or an empty one. */
    MISSING,
    /** The content, or the checksum, was changed after it was written. */
    WRONG
}
