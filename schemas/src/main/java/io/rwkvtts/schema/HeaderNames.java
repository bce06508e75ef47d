package io.rwkvtts.schema;

/** Names of the Kafka headers of the job's output records. All values are text in UTF-8. */
public final class HeaderNames {

    /** Of audio tokens and sound: timestamp of the request's first event, epoch milliseconds. */
    public static final String REQUEST_TIMESTAMP_MS = "tts-request-timestamp-ms";

    /** Of audio tokens and sound: when the operator emitted the record, epoch milliseconds. */
    public static final String EMITTED_AT_MS = "tts-emitted-at-ms";

    /**
     * Of audio tokens and sound of a request that takes part in an experiment: its side, as {@code
     * name:a} for those that go on as before and {@code name:b} for those that something is tried
     * on.
     */
    public static final String ARM = "tts-arm";

    /** Of dead letters: class of the fault. */
    public static final String ERROR = "error";

    /** Of dead letters: the rejected record as topic-partition@offset. */
    public static final String ORIGIN = "origin";

    private HeaderNames() {}
}
