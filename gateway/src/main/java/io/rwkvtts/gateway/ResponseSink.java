package io.rwkvtts.gateway;

import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * Writes an utterance into a response: the head with the first sound, so that an utterance that
 * ends before it is answered with its error. Belongs to the connection's event loop.
 */
final class ResponseSink implements UtteranceSink {

    static final String REQUEST_ID = "x-request-id";
    static final String FIRST_AUDIO_MS = "x-first-audio-ms";

    private final HttpConnection connection;
    private final HttpServerResponse response;
    private final AudioBody body;
    private final String id;
    private final long startNanos = System.nanoTime();
    private boolean begun;
    private boolean ended;

    ResponseSink(HttpServerRequest request, AudioBody body, String id) {
        this.connection = request.connection();
        this.response = request.response();
        this.body = body;
        this.id = id;
    }

    /** What to do when the client leaves before the end. */
    void onLeave(Runnable left) {
        response.closeHandler(
                v -> {
                    if (!ended) {
                        ended = true;
                        left.run();
                    }
                });
        response.exceptionHandler(failure -> {});
    }

    @Override
    public Future<Void> audio(byte[] pcm, long sampleOffset) {
        if (ended) {
            return Future.succeededFuture();
        }
        begin();
        return response.write(body.piece(pcm));
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        long millis = (System.nanoTime() - startNanos) / 1_000_000;
        response.setChunked(true)
                .putHeader("Content-Type", body.contentType())
                .putHeader("Cache-Control", "no-store")
                .putHeader(REQUEST_ID, id)
                .putHeader(FIRST_AUDIO_MS, Long.toString(millis));
        response.write(body.head());
    }

    @Override
    public void abort() {
        ended = true;
        Channels.abort(connection);
    }

    @Override
    public void ended(UtteranceEnd end) {
        if (ended) {
            return;
        }
        ended = true;
        if (end.complete()) {
            begin();
            response.end(body.tail(end));
        } else if (!begun) {
            response.putHeader(REQUEST_ID, id);
            Errors.send(response, end.toApiError());
        } else if (body.failure(end) != null) {
            response.end(body.failure(end));
        } else {
            // The client would take a body that ends well for the whole.
            response.reset();
        }
    }

    /** Answers with an error instead, if nothing was sent yet. */
    boolean refuse(ApiError error) {
        if (begun || ended) {
            return false;
        }
        ended = true;
        Errors.send(response, error);
        return true;
    }
}
