package io.rwkvtts.bench.load;

/**
 * How fast a stream of requests, one after another, is generated: semantic tokens per second from
 * one chunk to the latest. Tokens come in chunks, so counting those that come in a given time would
 * be off by up to a chunk. Where a request ends and the next begins, the time between them counts.
 * Belongs to one thread.
 */
final class StreamPace {

    private long since;
    private long latest;
    private long tokens;
    private int chunks;

    /** Starts again: the next chunk starts the clock. */
    void restart() {
        tokens = 0;
        chunks = 0;
    }

    /** A chunk of that many tokens has come. */
    void chunk(int count, long now) {
        if (chunks++ == 0) {
            since = now;
        } else {
            tokens += count;
        }
        latest = now;
    }

    /** Chunks since it began. */
    int chunks() {
        return chunks;
    }

    /** Of two chunks or more. */
    double tokensPerSecond() {
        return tokens * 1e9 / (latest - since);
    }
}
