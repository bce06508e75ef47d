package io.rwkvtts.gateway;

import io.vertx.core.http.WebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Joins the frames of a client to text messages. Vert.x itself drops a message that is too long and
 * continues, and replaces what is not UTF-8 with question marks.
 */
final class TextFrames {

    /** Why a connection must end, by RFC 6455, 7.4.1. */
    static final class Violation extends Exception {

        private static final long serialVersionUID = 1L;

        private final short status;

        private Violation(int status, String message) {
            super(message, null, false, false);
            this.status = (short) status;
        }

        short status() {
            return status;
        }
    }

    private static final int NOT_UTF8 = 1007;
    private static final int TOO_LONG = 1009;

    private final int mostBytes;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    /**
     * @param mostBytes of a message, all its frames together
     */
    TextFrames(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /**
     * The next frame of a text message.
     *
     * @return the message if this is its last frame, else null
     * @throws Violation if the message is too long, or not UTF-8
     */
    String add(WebSocketFrame frame) throws Violation {
        byte[] bytes = frame.binaryData().getBytes();
        if (message.size() + bytes.length > mostBytes) {
            throw new Violation(TOO_LONG, "a message has more than " + mostBytes + " bytes");
        }
        message.writeBytes(bytes);
        if (!frame.isFinal()) {
            return null;
        }
        ByteBuffer whole = ByteBuffer.wrap(message.toByteArray());
        message.reset();
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(whole).toString();
        } catch (CharacterCodingException e) {
            throw new Violation(NOT_UTF8, "a message is not well-formed UTF-8");
        }
    }
}
