package io.rwkvtts.client;

/**
 * Receives the records of one request, or of several. Called on the thread of the {@link
 * SpeechClient}, which serves all its requests: must not block.
 */
public interface SpeechListener {

    /**
     * The next record of the request. After the one that is its {@link ReceivedTokens#end end},
     * nothing follows.
     *
     * <p>If this throws an exception, the request is cancelled and {@link #failed} is called: the
     * way to get rid of a request whose records cannot be passed on fast enough.
     */
    void received(ReceivedTokens record);

    /** No more records come, although the request has not ended. Nothing follows. */
    void failed(SpeechException cause);
}
