package io.rwkvtts.gateway;

import io.vertx.core.Future;

/** Where the sound of an utterance goes. Called on the connection's event loop, in order. */
interface UtteranceSink {

    /**
     * The next piece.
     *
     * @param pcm samples, 16 bits, little-endian
     * @param sampleOffset samples of the utterance before it
     * @return completes when it has left, or cannot
     */
    Future<Void> audio(byte[] pcm, long sampleOffset);

    /** Whether what has not left waits for the client, and not for its turn. For any thread. */
    default boolean waitsForClient() {
        return true;
    }

    /** Nothing follows. */
    void ended(UtteranceEnd end);
}
