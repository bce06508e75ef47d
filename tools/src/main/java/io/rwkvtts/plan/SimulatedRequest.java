package io.rwkvtts.plan;

import java.util.List;

/** A request in the simulation: where it stands, and when its listener had what. Times are ms. */
final class SimulatedRequest {

    private static final double MS_PER_TOKEN = 20;

    private final double arrivedAt;
    private final List<SegmentLoad> segments;
    private int segment;
    private int promptLeft;
    private int globalsLeft;
    private int semanticLeft;
    private int inChunk;
    private int emittedOfSegment;
    private int emitted;
    private double beganAt;
    private double firstChunkAt = Double.NaN;
    private double endedAt;
    private double longestWait;
    private boolean measured;

    SimulatedRequest(double arrivedAt, List<SegmentLoad> segments) {
        this.arrivedAt = arrivedAt;
        this.segments = segments;
        begin();
    }

    private void begin() {
        SegmentLoad load = segments.get(segment);
        promptLeft = load.promptTokens();
        globalsLeft = load.globalTokens();
        semanticLeft = load.semanticTokens();
        emittedOfSegment = 0;
    }

    void gotSlot(double now) {
        beganAt = now;
    }

    boolean decoding() {
        return promptLeft == 0;
    }

    int promptLeft() {
        return promptLeft;
    }

    /** Takes up that a piece of the prompt was fed; returns whether a token is drawn after it. */
    boolean fed(int tokens) {
        promptLeft -= tokens;
        return promptLeft == 0;
    }

    /**
     * A token has been drawn.
     *
     * @param now when the listener has it
     * @return semantic tokens of the chunk that is full with it, 0 for none
     */
    int drawn(double now) {
        if (globalsLeft > 0) {
            globalsLeft--;
            return 0;
        }
        semanticLeft--;
        inChunk++;
        int full = emittedOfSegment == 0 ? Simulation.FIRST_CHUNK : Simulation.CHUNK;
        int chunk = inChunk == full || semanticLeft == 0 ? inChunk : 0;
        if (chunk > 0) {
            emit(now);
        }
        if (semanticLeft == 0) {
            segment++;
            if (segment < segments.size()) {
                begin();
            } else {
                endedAt = now;
            }
        }
        return chunk;
    }

    boolean ended() {
        return segment == segments.size();
    }

    /** Its times will be in the result. */
    void measure() {
        measured = true;
    }

    boolean measured() {
        return measured;
    }

    private void emit(double now) {
        if (Double.isNaN(firstChunkAt)) {
            firstChunkAt = now;
        } else {
            double played = firstChunkAt + emitted * MS_PER_TOKEN;
            longestWait = Math.max(longestWait, now - played);
        }
        emitted += inChunk;
        emittedOfSegment += inChunk;
        inChunk = 0;
    }

    double queueMs() {
        return beganAt - arrivedAt;
    }

    double firstChunkMs() {
        return firstChunkAt - arrivedAt;
    }

    double totalMs() {
        return endedAt - arrivedAt;
    }

    /** Time from arrival to end by length of the sound. */
    double realTimeFactor() {
        return totalMs() / (emitted * MS_PER_TOKEN);
    }

    /** Longest that a listener who began with the first chunk waited for a later one. */
    double longestWaitMs() {
        return longestWait;
    }
}
