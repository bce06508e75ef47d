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

    /**
     * Whether the length of the sound must be known before its first piece. Then nothing is decoded
     * until all has been generated, and an utterance that is not {@linkplain UtteranceEnd#complete
     * complete} has no sound.
     */
    default boolean needsLength() {
        return false;
    }

    /**
     * How long the sound will be, if it {@linkplain #needsLength must be known}.
     *
     * @param samples of all pieces together
     */
    default void length(long samples) {}

    /** The client takes nothing: its connection must end at once. Nothing follows. */
    void abort();

    /** Nothing follows. */
    void ended(UtteranceEnd end);
}
