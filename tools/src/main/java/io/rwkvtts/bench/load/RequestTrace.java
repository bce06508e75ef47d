package io.rwkvtts.bench.load;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.schema.AudioTokens;

/**
 * What came back of one request, and when. A listener begins with the first chunk and waits where
 * the next is not there when the one before has been played. Belongs to one thread.
 */
final class RequestTrace {

    /** Odd and large, so that no token's place is lost. */
    private static final long HASH_FACTOR = 0x9E3779B97F4A7C15L;

    private final String id;
    private final long dueAt;
    private final StreamPace stream;
    private long firstChunkAt;
    private long latestChunkAt;
    private long endAt;
    private long tokens;
    private long globalTokens;
    private long longestWait;
    private String finishReason;
    private long tokensHash;

    /**
     * @param id of the request
     * @param dueAt when the request should have been sent, by {@link System#nanoTime()}
     * @param stream that the request is of
     */
    RequestTrace(String id, long dueAt, StreamPace stream) {
        this.id = id;
        this.dueAt = dueAt;
        this.stream = stream;
    }

    /**
     * A record has come.
     *
     * @param interTokens takes up the time between the tokens of this chunk averaged over it: that
     *     since the chunk before, shared among them evenly
     */
    void received(AudioTokens record, long now, Latency interTokens) {
        if (record.getFinishReason() != null) {
            endAt = now;
            finishReason = record.getFinishReason();
            tokensHash = HASH_FACTOR * tokensHash + finishReason.hashCode();
            return;
        }
        int count = record.getTokens().size();
        if (firstChunkAt == 0) {
            firstChunkAt = now;
        } else {
            longestWait =
                    Math.max(
                            longestWait,
                            now - (firstChunkAt + tokens * GenerationLimits.NANOS_PER_TOKEN));
            interTokens.add((now - latestChunkAt) / count, count);
        }
        latestChunkAt = now;
        tokens += count;
        stream.chunk(count, now);
        record.getTokens().forEach(this::hash);
        if (record.getGlobalTokens() != null) {
            globalTokens += record.getGlobalTokens().size();
            record.getGlobalTokens().forEach(this::hash);
        }
    }

    private void hash(int token) {
        tokensHash = HASH_FACTOR * tokensHash + token;
    }

    /** Of all tokens in their order and the way the request ended. */
    long tokensHash() {
        return tokensHash;
    }

    String id() {
        return id;
    }

    StreamPace stream() {
        return stream;
    }

    /** When the request should have been sent. */
    long dueAt() {
        return dueAt;
    }

    boolean ended() {
        return endAt != 0;
    }

    /** Whether it finished. */
    boolean finished() {
        return "stop".equals(finishReason) || "length".equals(finishReason);
    }

    /** How it ended; null before. */
    String finishReason() {
        return finishReason;
    }

    boolean began() {
        return firstChunkAt != 0;
    }

    long firstChunkNanos() {
        return firstChunkAt - dueAt;
    }

    long totalNanos() {
        return endAt - dueAt;
    }

    /** Semantic tokens so far. */
    long tokens() {
        return tokens;
    }

    /** Tokens of the speaker so far, which take a step each, too. */
    long globalTokens() {
        return globalTokens;
    }

    /** Time from due to end by length of the audio. */
    double realTimeFactor() {
        return (double) totalNanos() / (tokens * GenerationLimits.NANOS_PER_TOKEN);
    }

    /** Longest that the listener had to wait for a chunk but the first. */
    long longestWaitNanos() {
        return longestWait;
    }
}
