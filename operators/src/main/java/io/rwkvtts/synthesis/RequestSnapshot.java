package io.rwkvtts.synthesis;

/**
 * A request between two steps: all that must survive a crash. Immutable: nobody writes to the
 * arrays after construction.
 *
 * @param identity id, arrival and timestamp
 * @param idleSinceMs when its latest event was processed, epoch milliseconds
 * @param attributes attributes of its first event; {@link RequestAttributes#NONE} before that
 * @param text text and early events
 * @param progress how far its speech has come
 * @param terms what its records depend on; null if that is not decided, or the snapshot is of a
 *     version that does not know it
 * @param ending how it ended, if its end is still to be emitted; else null
 * @param active the running segment, null if none runs
 */
public record RequestSnapshot(
        RequestIdentity identity,
        long idleSinceMs,
        RequestAttributes attributes,
        RequestText.Snapshot text,
        SpeechProgress progress,
        RequestTerms terms,
        FinishReason ending,
        SegmentSnapshot active) {

    /** Id of the request. */
    public String id() {
        return identity.id();
    }

    /** Whether any of its speech has been generated. */
    public boolean begun() {
        return active != null || progress.segment() > 0 || progress.sequence() > 0;
    }

    /** The same request with its running segment as {@code other}. */
    public RequestSnapshot withActive(SegmentSnapshot other) {
        return new RequestSnapshot(
                identity, idleSinceMs, attributes, text, progress, terms, ending, other);
    }
}
