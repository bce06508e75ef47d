package io.rwkvtts.synthesis;

import static java.util.Objects.requireNonNull;

/**
 * What a text event brings: a piece of its request's text, and where it belongs.
 *
 * <p>A record of plain fields, so that Flink's POJO serializer moves it between tasks.
 *
 * @param sequence number of the event within its request, from 0
 * @param text the piece, may be empty
 * @param last whether no further text follows
 */
public record TextPiece(long sequence, String text, boolean last) {

    public TextPiece {
        requireNonNull(text, "text");
    }

    /** A request's whole text in one piece. */
    public static TextPiece whole(String text) {
        return new TextPiece(0, text, true);
    }

    /** Whether it is the first piece of its request, with which the attributes come. */
    public boolean first() {
        return sequence == 0;
    }
}
