package io.rwkvtts.gateway;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rwkvtts.audio.WavFile;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;
import java.util.Base64;

/**
 * Writes an utterance as rwkv-tts-rs does: one object with the whole WAV file in base64. It begins
 * when all tokens are there, so that its length is known; the sound itself passes through in pieces
 * and is never held. Belongs to the connection's event loop.
 */
final class WholeSink implements UtteranceSink {

    /** What base64 makes four characters of. */
    private static final int GROUP = 3;

    private final HttpConnection connection;
    private final HttpServerResponse response;
    private final int sampleRate;
    private final long startNanos = System.nanoTime();

    /** Less than a group. */
    private byte[] rest = new byte[0];

    private boolean begun;
    private boolean ended;

    WholeSink(HttpServerRequest request, int sampleRate) {
        this.connection = request.connection();
        this.response = request.response();
        this.sampleRate = sampleRate;
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

    /** Answers with an error. */
    static void refuse(HttpServerResponse response, ApiError error) {
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(error.status())
                .putHeader("Content-Type", "application/json")
                .end(
                        Json.buffer(
                                JsonNodeFactory.instance
                                        .objectNode()
                                        .put("success", false)
                                        .put("error", error.getMessage())));
    }

    @Override
    public boolean needsLength() {
        return true;
    }

    @Override
    public void length(long samples) {
        if (ended) {
            return;
        }
        long millis = (System.nanoTime() - startNanos) / 1_000_000;
        double audioMs = 1e3 * samples / sampleRate;
        ObjectNode fields =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("success", true)
                        .put("message", "generated")
                        .put("duration_ms", millis)
                        .put("rtf", audioMs == 0 ? 0 : millis / audioMs);
        String object = Json.string(fields);
        begun = true;
        response.setChunked(true)
                .putHeader("Content-Type", "application/json")
                .write(object.substring(0, object.length() - 1) + ",\"audio_base64\":\"");
        write(WavFile.header(Short.BYTES * samples, sampleRate));
    }

    @Override
    public Future<Void> audio(byte[] pcm, long sampleOffset) {
        return ended ? Future.succeededFuture() : write(pcm);
    }

    private Future<Void> write(byte[] bytes) {
        byte[] all = Arrays.copyOf(rest, rest.length + bytes.length);
        System.arraycopy(bytes, 0, all, rest.length, bytes.length);
        int groups = all.length / GROUP * GROUP;
        rest = Arrays.copyOfRange(all, groups, all.length);
        return response.write(
                Buffer.buffer(Base64.getEncoder().encode(Arrays.copyOf(all, groups))));
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
        if (!begun) {
            refuse(response, end.toApiError());
        } else if (end.complete()) {
            response.end(Base64.getEncoder().encodeToString(rest) + "\"}");
        } else {
            response.reset();
        }
    }
}
