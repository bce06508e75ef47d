package io.rwkvtts.job.kafka;

/** Where a job without checkpoint or savepoint begins to read the requests. */
public enum StartFrom {
    /** At the group's committed offsets. */
    COMMITTED,
    /** At the first record that is there. */
    EARLIEST,
    /** After the last record that is there. */
    LATEST,
    /** At the first record with a timestamp at or after one that is set. */
    TIMESTAMP
}
