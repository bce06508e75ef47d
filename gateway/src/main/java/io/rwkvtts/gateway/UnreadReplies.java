package io.rwkvtts.gateway;

import io.vertx.core.Future;

/**
 * Counts the short messages that wait for a client that does not read: ours, and the answers to its
 * pings, which Vert.x gives by itself and without a bound. Belongs to the connection's event loop.
 */
final class UnreadReplies {

    /** No client that means well sends as many pings or mistakes before it reads. */
    static final int MOST = 256;

    private long sent;
    private long taken;

    /**
     * One more is sent.
     *
     * @param full whether it has to wait behind others
     * @return whether that many may wait
     */
    boolean add(boolean full) {
        sent++;
        if (!full) {
            taken = sent;
        }
        return sent - taken <= MOST;
    }

    /** Sound is sent: when it has left, so have the messages before it. */
    Future<Void> before(Future<Void> sound) {
        long here = sent;
        return sound.onSuccess(left -> taken = Math.max(taken, here));
    }
}
