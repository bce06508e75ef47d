package io.rwkvtts.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of the gateway's WebSocket. */
final class SocketClient implements WebSocket.Listener, AutoCloseable {

    private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final WebSocket socket;

    /** What came in binary frames since the last {@link #takeBinary}. */
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

    SocketClient(HttpClient http, Gateway gateway, String... origin) {
        WebSocket.Builder builder = http.newWebSocketBuilder();
        for (String one : origin) {
            builder.header("Origin", one);
        }
        socket =
                builder.buildAsync(
                                URI.create(
                                        gateway.address().replace("http", "ws")
                                                + "/v1/audio/speech/stream"),
                                this)
                        .join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            try {
                messages.add(GatewayFixture.JSON.readTree(text.toString()));
            } catch (Exception e) {
                closed.completeExceptionally(e);
            }
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public synchronized CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        binary.writeBytes(bytes);
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        closed.complete(status);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    void send(String json) {
        socket.sendText(json, true).join();
    }

    void append(String piece) {
        ObjectNode message = GatewayFixture.JSON.createObjectNode();
        send(message.put("type", "input_text.append").put("text", piece).toString());
    }

    void flush() {
        send("{\"type\":\"input_text.flush\"}");
    }

    /** The next message. */
    JsonNode next() throws InterruptedException {
        JsonNode message = messages.poll(30, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no message for 30 s");
        }
        return message;
    }

    /** The next message of a type; what comes before is dropped. */
    JsonNode next(String type) throws InterruptedException {
        JsonNode message = next();
        while (!message.get("type").asText().equals(type)) {
            message = next();
        }
        return message;
    }

    /** Joins the sound up to the end of an utterance. */
    JsonNode audioUntilDone(ByteArrayOutputStream pcm) throws InterruptedException {
        while (true) {
            JsonNode message = next();
            switch (message.get("type").asText()) {
                case "speech.audio.delta" -> {
                    if (message.get("sample_offset").asLong() != pcm.size() / 2) {
                        throw new AssertionError("a gap before " + message);
                    }
                    pcm.writeBytes(Base64.getDecoder().decode(message.get("audio").asText()));
                }
                case "speech.audio.done" -> {
                    return message;
                }
                default -> {
                    // Announcements.
                }
            }
        }
    }

    synchronized byte[] takeBinary() {
        byte[] bytes = binary.toByteArray();
        binary.reset();
        return bytes;
    }

    int closeStatus() throws Exception {
        return closed.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
