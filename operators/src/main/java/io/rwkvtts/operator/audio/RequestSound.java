package io.rwkvtts.operator.audio;

import io.rwkvtts.audio.AudioWindow;
import io.rwkvtts.audio.Pcm16;
import io.rwkvtts.audio.SegmentAudio;
import io.rwkvtts.audio.WindowPlan;
import io.rwkvtts.operator.SpeechEnd;
import io.rwkvtts.operator.TokenChunk;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The sound of one request: its tokens in, windows to decode out, and the records of what was
 * decoded, one after the other.
 *
 * <p>Belongs to the task thread. Nothing that is being decoded elsewhere counts before it has been
 * {@link #decoded}, so {@link #snapshot} may be taken at any time.
 */
final class RequestSound {

    private static final byte[] NO_SAMPLES = new byte[0];

    private record Segment(int number, SegmentAudio audio) {}

    private final String id;
    private final long timestampMs;
    private final String arm;
    private final WindowPlan plan;

    /** Those with samples to come; all but the last have all of their tokens. */
    private final Deque<Segment> segments = new ArrayDeque<>();

    private SoundPosition position = SoundPosition.START;
    private SpeechEnd end;
    private boolean failed;

    /**
     * A request from its beginning.
     *
     * @param first of its records of tokens, still to be {@linkplain #accept accepted}
     */
    RequestSound(TokenChunk first, WindowPlan plan) {
        this(first.requestId(), first.requestTimestampMs(), first.arm(), plan);
    }

    private RequestSound(String id, long timestampMs, String arm, WindowPlan plan) {
        this.id = id;
        this.timestampMs = timestampMs;
        this.arm = arm;
        this.plan = plan;
    }

    /** A request as {@link #snapshot} gave it. */
    RequestSound(SoundSnapshot snapshot) {
        this(snapshot.id(), snapshot.timestampMs(), snapshot.arm(), snapshot.plan());
        position = snapshot.position();
        end = snapshot.end();
        failed = snapshot.failed();
        for (SoundSnapshot.Segment held : snapshot.segments()) {
            segments.add(new Segment(held.number(), new SegmentAudio(plan, held.tokens())));
        }
    }

    String id() {
        return id;
    }

    /**
     * The next record of tokens.
     *
     * @throws IllegalArgumentException if an id is out of range
     */
    void accept(TokenChunk chunk) {
        if (chunk.end() != null) {
            end = chunk.end();
        } else if (!failed) {
            if (chunk.globalTokens() != null) {
                segments.add(
                        new Segment(
                                chunk.position().segment(),
                                new SegmentAudio(plan, chunk.globalTokens())));
            }
            segments.getLast().audio().add(chunk.tokens());
        }
    }

    /** What to decode next; the same again until it is {@link #decoded}. */
    Optional<AudioWindow> next() {
        while (!segments.isEmpty()) {
            boolean ended = end != null || segments.size() > 1;
            Optional<AudioWindow> window = segments.getFirst().audio().window(ended);
            if (window.isPresent() || !ended) {
                return window;
            }
            segments.removeFirst();
        }
        return Optional.empty();
    }

    /**
     * The record of the window that {@link #next} gave.
     *
     * @param pcm its samples
     */
    PcmChunk decoded(AudioWindow window, byte[] pcm, int sampleRate, long nowMs) {
        Segment current = segments.getFirst();
        position = position.in(current.number());
        PcmChunk chunk = record(pcm, sampleRate, null, nowMs);
        current.audio().emitted(window);
        return chunk;
    }

    /** Ends the sound, not the request: what its tokens still bring is dropped. */
    PcmChunk fail(String error, int sampleRate, long nowMs) {
        failed = true;
        segments.clear();
        return record(NO_SAMPLES, sampleRate, SpeechEnd.failed(error), nowMs);
    }

    /** Whether there is nothing more to come, but for the {@link #end} unless it has failed. */
    boolean complete() {
        return end != null && segments.isEmpty();
    }

    /** Whether its end has been emitted already. */
    boolean failed() {
        return failed;
    }

    /** The last record of a request that is {@link #complete}. */
    PcmChunk end(int sampleRate, long nowMs) {
        return record(NO_SAMPLES, sampleRate, end, nowMs);
    }

    private PcmChunk record(byte[] pcm, int sampleRate, SpeechEnd speechEnd, long nowMs) {
        PcmChunk chunk =
                new PcmChunk(id, position, sampleRate, pcm, speechEnd, timestampMs, nowMs, arm);
        position = position.next(pcm.length / Pcm16.BYTES);
        return chunk;
    }

    SoundSnapshot snapshot() {
        List<SoundSnapshot.Segment> held =
                segments.stream()
                        .map(s -> new SoundSnapshot.Segment(s.number(), s.audio().held()))
                        .toList();
        return new SoundSnapshot(id, timestampMs, plan, position, held, end, failed, arm);
    }
}
