package io.rwkvtts.gateway;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.rwkvtts.schema.TextEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * One connection of {@code WS /v1/audio/speech/stream}: text in pieces in, sound out. Several
 * utterances can follow each other; the sound of each goes out whole before that of the next.
 * Belongs to the connection's event loop. docs/gateway.md has the messages.
 */
final class SpeechSocket implements SocketTurn.Line {

    private static final int MOST_UTTERANCES = 16;
    private static final short DONE = 1000;

    /** In which a client has read why its connection ends. */
    private static final long CLOSE_WITHIN_MS = 1_000;

    private final ServerWebSocket socket;
    private final HttpConnection connection;
    private final Context context;
    private final Utterances utterances;
    private final Readiness ready;
    private final String tenant;
    private final int mostChars;
    private final TextFrames frames;
    private final UnreadReplies unread = new UnreadReplies();

    /** Those that have not ended, in the order of their text. */
    private final Deque<SocketTurn> turns = new ArrayDeque<>();

    private ObjectNode session = JsonNodeFactory.instance.objectNode();
    private boolean binary;
    private boolean continues;
    private boolean closing;
    private boolean refused;
    private boolean inBinary;

    /** The one whose text is still coming; null for none. */
    private SocketTurn current;

    /**
     * @param connection under the socket
     * @param tenant whose connection it is, null for none
     */
    SpeechSocket(
            ServerWebSocket socket,
            HttpConnection connection,
            Context context,
            Utterances utterances,
            Readiness ready,
            String tenant,
            GatewaySettings.Limits limits) {
        this.socket = socket;
        this.connection = connection;
        this.context = context;
        this.utterances = utterances;
        this.ready = ready;
        this.tenant = tenant;
        mostChars = limits.textChars();
        frames = new TextFrames(limits.bodyBytes());
    }

    /** Begins to serve. */
    void open() {
        socket.frameHandler(this::received);
        socket.exceptionHandler(this::broken);
        socket.closeHandler(v -> left());
        send(message("session.created").put("sample_rate", utterances.sampleRate()));
    }

    private void received(WebSocketFrame frame) {
        if (frame.isPing()) {
            // Vert.x has answered it.
            requireRead();
        } else if (refused) {
            return;
        } else if (frame.isBinary() || frame.isContinuation() && inBinary) {
            inBinary = !frame.isFinal();
            if (frame.isBinary()) {
                sendError(ApiError.invalid(null, "expected text messages"));
            }
        } else if (frame.isText() || frame.isContinuation()) {
            try {
                String message = frames.add(frame);
                if (message != null) {
                    received(message);
                }
            } catch (TextFrames.Violation e) {
                refuse(e.status(), e.getMessage());
            }
        }
    }

    /** The connection ends after this; the client may know why. */
    private void broken(Throwable failure) {
        if (failure instanceof CorruptedWebSocketFrameException corrupted && !refused) {
            refuse((short) corrupted.closeStatus().code(), corrupted.getMessage());
        }
    }

    private void refuse(short status, String why) {
        refused = true;
        socket.close(status, why);
        context.owner().setTimer(CLOSE_WITHIN_MS, timer -> Channels.abort(connection));
    }

    /** Requires that not too much waits for the client. */
    private void requireRead() {
        if (!socket.isClosed() && !unread.add(socket.writeQueueFull())) {
            abort();
        }
    }

    private void received(String text) {
        try {
            ObjectNode message = Json.object(text);
            JsonFields fields = new JsonFields(message);
            String type = fields.string("type");
            switch (type == null ? "" : type) {
                case "session.update" -> update(message);
                case "input_text.append" -> append(fields);
                case "input_text.flush" -> flush();
                case "input_text.end" -> {
                    flush();
                    closing = true;
                    closeIfDone();
                }
                case "response.cancel" -> cancel();
                default ->
                        throw ApiError.invalid(
                                "type",
                                "type is none of session.update, input_text.append, input_text.flush, input_text.end and response.cancel");
            }
        } catch (ApiError e) {
            sendError(e);
        }
    }

    /** Counts for the utterances that begin from now on. */
    private void update(ObjectNode message) {
        if (!(message.get("session") instanceof ObjectNode updated)) {
            throw ApiError.invalid("session", "session is no object");
        }
        JsonFields fields = new JsonFields(updated);
        Set<String> known = new HashSet<>(SpeechFields.NAMES);
        known.addAll(Set.of("audio_format", "on_disconnect"));
        fields.requireOnly(known);
        SpeechFields.event(fields);
        String format = fields.string("audio_format");
        if (format != null && !format.equals("base64") && !format.equals("binary")) {
            throw ApiError.invalid("audio_format", "audio_format is none of base64 and binary");
        }
        continues = SpeechOrder.continues(fields);
        binary = "binary".equals(format);
        session = updated;
        send(message("session.updated"));
    }

    private void append(JsonFields fields) {
        String text = fields.string("text");
        if (text == null) {
            throw ApiError.invalid("text", "text is missing");
        }
        if (closing) {
            throw ApiError.invalid("type", "the text has ended");
        }
        int before = current == null ? 0 : current.textChars;
        SpeechOrder.requireText("text", text, mostChars - before);
        if (current == null) {
            begin(text);
        } else {
            current.speaking.append(text);
        }
        current.textChars += text.length();
    }

    private void begin(String text) {
        if (turns.size() >= MOST_UTTERANCES) {
            throw ApiError.unavailable(
                    "%d utterances of this connection have not ended".formatted(MOST_UTTERANCES));
        }
        ready.require();
        TextEvent first =
                SpeechFields.event(new JsonFields(session))
                        .setRequestId(RequestIds.next(tenant))
                        .setTenant(tenant)
                        .setText(text)
                        .setLast(false)
                        .build();
        current = new SocketTurn(this);
        turns.add(current);
        current.speaking = utterances.speak(first, current, context);
        send(message("speech.created").put("request_id", first.getRequestId()));
    }

    private void flush() {
        if (current != null) {
            current.speaking.endText();
            current = null;
        }
    }

    private void cancel() {
        current = null;
        for (SocketTurn turn : turns) {
            turn.drop();
            turn.speaking.utterance().cancel();
        }
    }

    private void left() {
        for (SocketTurn turn : turns) {
            turn.drop();
            if (continues) {
                turn.speaking.utterance().abandon();
            } else {
                turn.speaking.utterance().leave();
            }
        }
        turns.clear();
    }

    @Override
    public boolean isNext(SocketTurn turn) {
        return turns.peekFirst() == turn;
    }

    @Override
    public void sendStarted(SocketTurn turn) {
        send(message("speech.audio.started").put("request_id", turn.speaking.id()));
    }

    @Override
    public Future<Void> sendAudio(SocketTurn turn, byte[] pcm, long sampleOffset) {
        if (binary) {
            return unread.before(socket.writeBinaryMessage(Buffer.buffer(pcm)));
        }
        return unread.before(
                write(
                        message("speech.audio.delta")
                                .put("request_id", turn.speaking.id())
                                .put("sample_offset", sampleOffset)
                                .put("audio", Base64.getEncoder().encodeToString(pcm))));
    }

    @Override
    public void abort() {
        refused = true;
        Channels.abort(connection);
    }

    @Override
    public void sendEnd(SocketTurn turn, UtteranceEnd end) {
        if (turn == current) {
            current = null;
        }
        turns.removeFirst();
        if (!end.complete() && !end.reason().equals("cancelled")) {
            ObjectNode error = message("error").put("request_id", turn.speaking.id());
            error.set("error", end.toApiError().json());
            send(error);
        }
        ObjectNode done =
                message("speech.audio.done")
                        .put("request_id", turn.speaking.id())
                        .put("finish_reason", end.reason());
        done.set("usage", AudioBody.usage(end));
        send(done);
        SocketTurn next = turns.peekFirst();
        if (next != null) {
            next.release();
        }
        closeIfDone();
    }

    private void closeIfDone() {
        if (closing && turns.isEmpty() && !socket.isClosed()) {
            socket.close(DONE, "done");
        }
    }

    private static ObjectNode message(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private void sendError(ApiError error) {
        ObjectNode message = message("error");
        message.set("error", error.json());
        send(message);
    }

    private void send(ObjectNode message) {
        requireRead();
        write(message);
    }

    private Future<Void> write(ObjectNode message) {
        return socket.isClosed()
                ? Future.succeededFuture()
                : socket.writeTextMessage(Json.string(message));
    }
}
