package io.rwkvtts.operator;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Warns of requests that are dropped because another one has their id. Every request needs an id of
 * its own; in plain text the record's key is the id, and a key that names a user or a session is an
 * easy slip.
 *
 * <p>Only a whole request in one event with another text than the one before it counts. The same
 * text again is a repetition, as producers and restored jobs make them; texts are compared by their
 * hash. Pieces, cancellations and what the job no longer remembers stay silent, too.
 *
 * <p>Owns: the hashes of the latest whole requests, in memory only: a restored job knows none.
 * Lifecycle: made in {@code open}. For the task thread.
 */
final class ReusedIds {

    static final int REMEMBERED = 10_000;
    static final long PAUSE_MS = 60_000;

    private final LongSupplier clockMs;
    private final Consumer<String> warn;
    private final Map<String, Integer> textHashes =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
                    return size() > REMEMBERED;
                }
            };
    private long unreported;
    private long quietUntilMs = Long.MIN_VALUE;

    /**
     * @param clockMs processing time, epoch milliseconds
     * @param warn takes a warning, at most one in {@link #PAUSE_MS}
     */
    ReusedIds(LongSupplier clockMs, Consumer<String> warn) {
        this.clockMs = clockMs;
        this.warn = warn;
    }

    /** An event was taken in. */
    void accepted(RequestEvent event) {
        if (event.whole()) {
            textHashes.put(event.requestId(), event.piece().text().hashCode());
        }
    }

    /** An event was dropped: its request has ended, or its sequence number was there before. */
    void dropped(RequestEvent event) {
        Integer before = textHashes.get(event.requestId());
        if (!event.whole() || before == null || before == event.piece().text().hashCode()) {
            return;
        }
        unreported++;
        if (clockMs.getAsLong() >= quietUntilMs) {
            warn.accept(
                    ("request %s of record %s is dropped: another request with this id and another"
                                    + " text came before it (%d such records since the last"
                                    + " warning). Each request needs an id of its own for as long"
                                    + " as %s; where the input is plain"
                                    + " text, the record's key is the id")
                            .formatted(
                                    event.requestId(),
                                    event.origin(),
                                    unreported,
                                    RequestSettings.DEDUP_WINDOW.key()));
            unreported = 0;
            quietUntilMs = clockMs.getAsLong() + PAUSE_MS;
        }
    }
}
