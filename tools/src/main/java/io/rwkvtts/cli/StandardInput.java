package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;

/** Text that is piped into a command. */
final class StandardInput {

    private static final int BUFFER = 1 << 12;

    private StandardInput() {}

    /** Takes a piece of the text. */
    interface PieceHandler {
        void piece(String text) throws IOException;
    }

    /**
     * Reads to the end, piece by piece as it arrives, whatever characters the bytes of a piece end
     * in the middle of.
     *
     * @throws IOException if it is not UTF-8
     */
    static void read(PieceHandler handler) throws IOException {
        Reader in = new InputStreamReader(System.in, UTF_8.newDecoder());
        char[] buffer = new char[BUFFER];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                handler.piece(new String(buffer, 0, read));
            }
        } catch (CharacterCodingException e) {
            throw new IOException("the standard input is not UTF-8", e);
        }
    }
}
