package io.rwkvtts.protocol;

/** What the checksum of a voice file says about its content. */
public enum Checksum {
    /** The content is what the writer wrote. */
    VALID,
    /** The file has none, or an empty one. */
    MISSING,
    /** The content, or the checksum, was changed behind the writer's back. */
    WRONG
}
