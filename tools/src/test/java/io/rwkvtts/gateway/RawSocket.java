package io.rwkvtts.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;

/** A client of the gateway's WebSocket by hand: sends any frames, and reads when it is told to. */
final class RawSocket implements AutoCloseable {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;

    /** Marks a frame as compressed. */
    static final int COMPRESSED = 0x40;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final String head;

    /**
     * Connects.
     *
     * @param headers more of the request, each with its end of line
     */
    RawSocket(Gateway gateway, String headers) throws IOException {
        URI address = URI.create(gateway.address());
        socket.setReceiveBufferSize(4_096);
        socket.setSoTimeout(30_000);
        socket.connect(new InetSocketAddress(address.getHost(), address.getPort()));
        String request =
                "GET /v1/audio/speech/stream HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
                        + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n%s\r\n";
        socket.getOutputStream()
                .write(request.formatted(address.getAuthority(), headers).getBytes(ISO_8859_1));
        in = new DataInputStream(socket.getInputStream());
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        while (!answer.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            answer.write(in.readByte());
        }
        head = answer.toString(ISO_8859_1);
    }

    /** The head of the gateway's answer. */
    String head() {
        return head;
    }

    void send(String message) throws IOException {
        send(FIN | TEXT, message.getBytes(UTF_8));
    }

    /** A frame that is the last of its message. */
    void sendLast(int opcode, byte[] payload) throws IOException {
        send(FIN | opcode, payload);
    }

    /** Any frame, masked with zeros. */
    void send(int firstByte, byte[] payload) throws IOException {
        ByteBuffer frame = head(firstByte, payload.length, payload.length).put(payload);
        socket.getOutputStream().write(frame.array(), 0, frame.position());
    }

    /** The head of a frame whose payload does not follow. */
    void announce(int opcode, int length) throws IOException {
        ByteBuffer frame = head(FIN | opcode, length, 0);
        socket.getOutputStream().write(frame.array(), 0, frame.position());
    }

    private static ByteBuffer head(int firstByte, int length, int room) {
        ByteBuffer frame = ByteBuffer.allocate(room + 14).put((byte) firstByte);
        if (length < 126) {
            frame.put((byte) (MASKED | length));
        } else if (length < 1 << 16) {
            frame.put((byte) (MASKED | 126)).putShort((short) length);
        } else {
            frame.put((byte) (MASKED | 127)).putLong(length);
        }
        return frame.putInt(0);
    }

    /** The payload of the next frame with this opcode; the frames before it are dropped. */
    byte[] next(int opcode) throws IOException {
        while (true) {
            int first = in.readUnsignedByte();
            long length = in.readUnsignedByte();
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = in.readLong();
            }
            byte[] payload = in.readNBytes((int) length);
            if ((first & 0xf) == opcode) {
                return payload;
            }
        }
    }

    /** The next text message that holds this. */
    String nextWith(String part) throws IOException {
        String message = "";
        while (!message.contains(part)) {
            message = new String(next(TEXT), UTF_8);
        }
        return message;
    }

    /** The code that the gateway closes the connection with. */
    int closeCode() throws IOException {
        return ByteBuffer.wrap(next(CLOSE)).getShort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
