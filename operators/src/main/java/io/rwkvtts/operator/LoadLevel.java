package io.rwkvtts.operator;

/** How much a subtask has to do. */
enum LoadLevel {
    /** What it can do. */
    NORMAL,
    /** More: new requests get less. */
    LOADED,
    /** Much more: new requests are turned away. */
    OVERLOADED
}
