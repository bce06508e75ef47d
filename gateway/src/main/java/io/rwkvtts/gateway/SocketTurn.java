package io.rwkvtts.gateway;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/**
 * One utterance of a socket. Its sound waits until that of those before it has gone out; what waits
 * counts as not taken by the client, so it is bounded.
 */
final class SocketTurn implements UtteranceSink {

    private record Waiting(byte[] pcm, long sampleOffset, Promise<Void> left) {}

    private final SpeechSocket socket;
    private final List<Waiting> waiting = new ArrayList<>();
    private boolean started;
    private UtteranceEnd end;

    /** Set by the socket. */
    Utterances.Speaking speaking;

    /** Characters of its text so far. */
    int textChars;

    SocketTurn(SpeechSocket socket) {
        this.socket = socket;
    }

    @Override
    public Future<Void> audio(byte[] pcm, long sampleOffset) {
        if (socket.isNext(this)) {
            return send(pcm, sampleOffset);
        }
        Promise<Void> left = Promise.promise();
        waiting.add(new Waiting(pcm, sampleOffset, left));
        return left.future();
    }

    private Future<Void> send(byte[] pcm, long sampleOffset) {
        if (!started) {
            started = true;
            socket.sendStarted(this);
        }
        return socket.sendAudio(this, pcm, sampleOffset);
    }

    @Override
    public void ended(UtteranceEnd how) {
        end = how;
        if (socket.isNext(this)) {
            socket.sendEnd(this, how);
        }
    }

    /** It is next: what has waited goes out. */
    void release() {
        for (Waiting piece : waiting) {
            send(piece.pcm(), piece.sampleOffset()).onComplete(piece.left());
        }
        waiting.clear();
        if (end != null) {
            socket.sendEnd(this, end);
        }
    }
}
