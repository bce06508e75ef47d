package io.rwkvtts.gateway;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/**
 * One utterance of a line. Its sound waits until that of those before it has gone out; what waits
 * counts as not taken by the client, so it is bounded.
 */
final class SocketTurn implements UtteranceSink {

    /** The connection, for its turns. */
    interface Line {

        /** Whether the sound of this one is next to go out. */
        boolean isNext(SocketTurn turn);

        /** The first sound of this one follows. */
        void sendStarted(SocketTurn turn);

        /** Completes when the sound has left, or cannot. */
        Future<Void> sendAudio(SocketTurn turn, byte[] pcm, long sampleOffset);

        /** The client takes nothing: the connection ends. */
        void abort();

        /** Nothing follows of this one, which is next: the one after it is. */
        void sendEnd(SocketTurn turn, UtteranceEnd end);
    }

    private record Waiting(byte[] pcm, long sampleOffset, Promise<Void> left) {}

    private final Line line;
    private final List<Waiting> waiting = new ArrayList<>();
    private volatile boolean started;
    private boolean dropped;
    private UtteranceEnd end;

    /** Set by the socket. */
    Utterances.Speaking speaking;

    /** Characters of its text so far. */
    int textChars;

    SocketTurn(Line line) {
        this.line = line;
    }

    @Override
    public Future<Void> audio(byte[] pcm, long sampleOffset) {
        if (dropped) {
            return Future.succeededFuture();
        }
        if (line.isNext(this)) {
            return send(pcm, sampleOffset);
        }
        Promise<Void> left = Promise.promise();
        waiting.add(new Waiting(pcm, sampleOffset, left));
        return left.future();
    }

    private Future<Void> send(byte[] pcm, long sampleOffset) {
        if (!started) {
            started = true;
            line.sendStarted(this);
        }
        return line.sendAudio(this, pcm, sampleOffset);
    }

    @Override
    public boolean waitsForClient() {
        return started;
    }

    @Override
    public void ended(UtteranceEnd how) {
        end = how;
        if (line.isNext(this)) {
            line.sendEnd(this, how);
        }
    }

    /** Its client wants no more of it: of what waits, only the end will be sent. */
    void drop() {
        dropped = true;
        waiting.forEach(piece -> piece.left().complete());
        waiting.clear();
    }

    @Override
    public void abort() {
        line.abort();
    }

    /** It is next: what has waited goes out. */
    void release() {
        for (Waiting piece : waiting) {
            send(piece.pcm(), piece.sampleOffset()).onComplete(piece.left());
        }
        waiting.clear();
        if (end != null) {
            line.sendEnd(this, end);
        }
    }
}
