package io.rwkvtts.operator;

import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How long requests may take, and what is remembered of them.
 *
 * @param firstChunkObjective time in which the first chunk of a request should come, for metrics
 * @param idleTimeout how long a request may wait for its next event
 * @param dedupWindow how long the id of a finished request is remembered
 * @param maxEarlyEvents most events of all requests that are held because an earlier one of their
 *     request has not come
 * @param maxEarlyBytes most bytes of their texts
 */
public record RequestSettings(
        Duration firstChunkObjective,
        Duration idleTimeout,
        Duration dedupWindow,
        int maxEarlyEvents,
        long maxEarlyBytes)
        implements Serializable {

    /** What the first chunk is measured against. */
    public static final ConfigOption<Duration> FIRST_CHUNK_OBJECTIVE =
            ConfigOptions.key("tts.objective.first-chunk")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(1))
                    .withDescription(
                            "Time from a request's arrival in which its first record should go out."
                                    + " The metric firstChunkOk counts the requests that keep to it,"
                                    + " firstChunkTotal all; nothing else depends on it but"
                                    + " tts.degrade.first-chunk-missed.");

    /** Wait for the next event. */
    public static final ConfigOption<Duration> IDLE_TIMEOUT =
            ConfigOptions.key("tts.request.idle-timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(10))
                    .withDescription(
                            "How long a request may wait for its next text event before it ends as"
                                    + " 'expired', which is written when the next checkpoint has"
                                    + " completed. It counts from its latest event, the end of its"
                                    + " speech so far, the start of the job, or the time when"
                                    + " events that were held back (tts.queue.when-full) are taken"
                                    + " in again, whichever is last.");

    /** Memory of finished ids. */
    public static final ConfigOption<Duration> DEDUP_WINDOW =
            ConfigOptions.key("tts.request.dedup-window")
                    .durationType()
                    .defaultValue(Duration.ofHours(1))
                    .withDescription(
                            "How long the id of a finished request is remembered; events that carry"
                                    + " it are dropped meanwhile, and begin a new request after."
                                    + " So is the id of a cancelled request that was not known;"
                                    + " not so that of a whole request in one event that was turned"
                                    + " away as 'overloaded'. An id of 36 characters takes about"
                                    + " 160 bytes of heap: 1,000 requests a second make 576 MB in"
                                    + " 1 h. Where more end, take a window no longer than the time"
                                    + " in which events may still come or be repeated.");

    /** Early events. */
    public static final ConfigOption<Integer> EARLY_EVENTS_MAX_COUNT =
            ConfigOptions.key("tts.request.early-events.max-count")
                    .intType()
                    .defaultValue(100_000)
                    .withDescription(
                            "Events of all requests of a subtask that may be held because an"
                                    + " earlier one of their request has not come; 1,000 of one"
                                    + " request at most. The request whose event would be one more"
                                    + " ends as 'overloaded'. An event takes some 130 bytes of heap"
                                    + " beside its text.");

    /** Their texts. */
    public static final ConfigOption<MemorySize> EARLY_EVENTS_MAX_SIZE =
            ConfigOptions.key("tts.request.early-events.max-size")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(16))
                    .withDescription(
                            "Heap memory that the texts of these events may take, 2 bytes for a"
                                    + " character (4 for one outside the Basic Multilingual"
                                    + " Plane).");

    /**
     * Reads the options.
     *
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    static RequestSettings from(ReadableConfig config) {
        long maxEarlyBytes = config.get(EARLY_EVENTS_MAX_SIZE).getBytes();
        if (maxEarlyBytes < 1) {
            throw new IllegalArgumentException(
                    "%s is %d bytes, expected at least 1"
                            .formatted(EARLY_EVENTS_MAX_SIZE.key(), maxEarlyBytes));
        }
        return new RequestSettings(
                OptionChecks.positive(config, FIRST_CHUNK_OBJECTIVE),
                OptionChecks.positive(config, IDLE_TIMEOUT),
                OptionChecks.positive(config, DEDUP_WINDOW),
                OptionChecks.atLeast(1, config, EARLY_EVENTS_MAX_COUNT),
                maxEarlyBytes);
    }

    /** Heap that early events take when as many are held as may be. */
    public long earlyEventsHeapBytes() {
        return EarlyEvents.heapBytes(maxEarlyEvents, maxEarlyBytes);
    }
}
