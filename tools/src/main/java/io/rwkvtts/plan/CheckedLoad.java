package io.rwkvtts.plan;

/**
 * A load that {@code tts bench job} measured and {@link Simulation} repeated.
 *
 * @param streams whose rate it is a share of
 * @param requestsPerSecond that arrived
 * @param firstChunkP50Ms half of the first chunks
 * @param firstChunkP95Ms nearly all first chunks
 * @param tokensPerSecond semantic tokens
 */
public record CheckedLoad(
        int streams,
        double requestsPerSecond,
        Compared firstChunkP50Ms,
        Compared firstChunkP95Ms,
        Compared tokensPerSecond) {}
