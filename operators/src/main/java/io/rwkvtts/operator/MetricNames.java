package io.rwkvtts.operator;

/**
 * Names of the metrics, in the group {@value #GROUP} under their operator. In Prometheus a name
 * reads {@code flink_taskmanager_job_task_operator_tts_<name>}, for example {@code
 * flink_taskmanager_job_task_operator_tts_numRequestsRunning}; histograms come out as summaries
 * with a label {@code quantile}.
 */
public final class MetricNames {
    public static final String GROUP = "tts";

    /** Gauge: requests that hold a slot. */
    public static final String REQUESTS_RUNNING = "numRequestsRunning";

    /** Gauge: requests that wait for a slot. */
    public static final String REQUESTS_WAITING = "numRequestsWaiting";

    /** Gauge: requests that are not finished: running, waiting for a slot or for more text. */
    public static final String REQUESTS_OPEN = "numRequestsOpen";

    /**
     * Gauge: requests that ended as {@code expired} or {@code overloaded} and whose terminal record
     * waits for a checkpoint.
     */
    public static final String REQUESTS_ENDING = "numRequestsEnding";

    /** Gauge: events that are held because an earlier one of their request has not come. */
    public static final String EARLY_EVENTS = "numEarlyEvents";

    /** Gauge, 0–1: share of slots in use. */
    public static final String STATE_SLOT_USAGE = "stateSlotUsage";

    /** Counter: prompt tokens fed. */
    public static final String PROMPT_TOKENS = "promptTokens";

    /** Counter: semantic tokens generated. */
    public static final String GENERATION_TOKENS = "generationTokens";

    /** Counter: prompt tokens looked up in the prefix cache. */
    public static final String PREFIX_CACHE_QUERIES = "prefixCacheQueries";

    /** Counter: those of them that were found there and not fed. */
    public static final String PREFIX_CACHE_HITS = "prefixCacheHits";

    /** Counter in the groups of {@link #FINISH_REASON}: requests that ended. */
    public static final String REQUESTS_FINISHED = "requestsFinished";

    /** Group key: how a request ended. */
    public static final String FINISH_REASON = "finishReason";

    /**
     * Group key: side of an experiment, such as {@code short:b}. In it are {@link
     * #REQUESTS_FINISHED}, {@link #TIME_TO_FIRST_CHUNK} and {@link #AUDIO_RTF} of the requests on
     * that side, which all count among the others, too.
     */
    public static final String ARM = "arm";

    /** Histogram: arrival to first semantic token. */
    public static final String TIME_TO_FIRST_TOKEN = "timeToFirstTokenMs";

    /** Histogram: arrival to first chunk. */
    public static final String TIME_TO_FIRST_CHUNK = "timeToFirstChunkMs";

    /** Counter: requests whose first chunk came within {@code tts.objective.first-chunk}. */
    public static final String FIRST_CHUNK_OK = "firstChunkOk";

    /** Counter: requests that {@link #FIRST_CHUNK_OK} is a part of. */
    public static final String FIRST_CHUNK_TOTAL = "firstChunkTotal";

    /** Histogram: between two semantic tokens of a request. */
    public static final String INTER_TOKEN_LATENCY = "interTokenLatencyMs";

    /** Histogram: arrival to slot. */
    public static final String QUEUE_TIME = "requestQueueTimeMs";

    /** Histogram: slot to end of the first prompt. */
    public static final String PREFILL_TIME = "requestPrefillTimeMs";

    /** Histogram: end of the first prompt to the last token. */
    public static final String DECODE_TIME = "requestDecodeTimeMs";

    /** Histogram: arrival to end. */
    public static final String E2E_LATENCY = "e2eRequestLatencyMs";

    /** Histogram: rows of a decode step. */
    public static final String BATCH_SIZE = "batchSize";

    /** Histogram: one decode step. */
    public static final String STEP_TIME = "stepTimeMs";

    /**
     * Gauge: milliseconds of each second, over the last minute, in which the engine's own thread
     * computed: the device at work and the draws after it. 0 for an engine on the CPU, which the
     * task's busy time is about.
     */
    public static final String DEVICE_BUSY = "deviceBusyMsPerSecond";

    /**
     * Gauge: bytes of the memory of a device that the engine took when it was opened. 0 for an
     * engine on the CPU.
     */
    public static final String DEVICE_MEMORY = "deviceMemoryBytes";

    /** Histogram: sampling one token, microseconds. */
    public static final String SAMPLE_TIME = "sampleTimeUs";

    /**
     * Histogram: the longest that a listener who began with the first chunk of a request had to
     * wait for a later one.
     */
    public static final String AUDIO_UNDERRUN = "audioUnderrunMs";

    /** Counter: requests whose listener never had to wait more than 100 ms for a later chunk. */
    public static final String CONTINUITY_OK = "continuityOk";

    /** Counter: requests that {@link #CONTINUITY_OK} is a part of. */
    public static final String CONTINUITY_TOTAL = "continuityTotal";

    /** Histogram, per mille: processing time by audio time of a request. */
    public static final String AUDIO_RTF = "audioRtfPerMille";

    /** Counter in the groups of {@link #REASON}: records sent to the dead-letter topic. */
    public static final String DEAD_LETTERS = "deadLetters";

    /** Counter: dead letters that Kafka refused as too large and that were written shorter. */
    public static final String DEAD_LETTERS_CUT = "deadLettersCut";

    /** Counter: dead letters of which Kafka refused even the head, so that only the log has it. */
    public static final String DEAD_LETTERS_LOST = "deadLettersLost";

    /**
     * Counter in the groups of {@link #REASON}: events dropped as {@code finished}, {@code
     * duplicate}, or {@code early} where too many were held already; these end their request.
     */
    public static final String DROPPED_EVENTS = "droppedEvents";

    /** Group key: why. */
    public static final String REASON = "reason";

    /**
     * Counter in the groups of {@link #REASON}: segments cut off at a {@code limit} of tokens, or
     * for {@code repetition} of one token.
     */
    public static final String SEGMENTS_CUT_OFF = "segmentsCutOff";

    /** Counter: records whose Kafka key is another than their request id. */
    public static final String KEY_MISMATCHES = "keyMismatches";

    /** Gauge: bytes of recurrent state that the slots in use hold. */
    public static final String STATE_BYTES = "stateBytes";

    /** Histogram: how long a checkpoint stopped the steps. */
    public static final String SNAPSHOT_TIME = "snapshotTimeMs";

    /** Counter: requests that a restore found in mid-generation. */
    public static final String RESTORED_REQUESTS = "restoredRequests";

    /** Counter: tokens fed again because a restored request had no state. */
    public static final String RECOMPUTED_TOKENS = "recomputedTokens";

    /** Counter: milliseconds of sound emitted. */
    public static final String AUDIO_MS = "audioMs";

    /** Histogram: decoding one piece of sound. */
    public static final String DECODE_AUDIO_TIME = "decodeAudioTimeMs";

    /** Gauge: requests with tokens that wait to be decoded. */
    public static final String AUDIO_WAITING = "numAudioWaiting";

    /** Counter: requests whose sound ended as {@code error} in the decoder. */
    public static final String AUDIO_FAILURES = "audioFailures";

    /** Counter: records of the control topic that are in effect or will be. */
    public static final String CONTROL_RECORDS_TAKEN = "controlRecordsTaken";

    /** Counter: records of the control topic that are refused, for the reason that the log has. */
    public static final String CONTROL_RECORDS_REFUSED = "controlRecordsRefused";

    /**
     * Counter: records of the control topic that could be read only when requests may have been
     * decided without them.
     */
    public static final String CONTROL_RECORDS_LATE = "controlRecordsLate";

    /** Gauge: values of options that the control topic has set, earlier and later ones too. */
    public static final String CONTROL_VALUES = "numControlValues";

    /**
     * Gauge: milliseconds since the control topic was read to its end; new requests may wait when
     * it is above 2,000. −1 before the first time.
     */
    public static final String CONTROL_AGE = "controlAgeMs";

    /**
     * Gauge: requests that wait until the control topic has been read up to their timestamps; part
     * of the open ones.
     */
    public static final String CONTROL_WAITING = "numRequestsAwaitingControl";

    /**
     * Gauge: 0 while a subtask has no more to do than it can, 1 while new requests get less, 2
     * while they are turned away ({@code tts.degrade.*}).
     */
    public static final String LOAD_LEVEL = "loadLevel";

    /** Counter: requests that got less for load ({@code tts.degrade.*}). */
    public static final String REQUESTS_DEGRADED = "requestsDegraded";

    private MetricNames() {}
}
