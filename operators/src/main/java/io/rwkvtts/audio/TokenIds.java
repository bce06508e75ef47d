package io.rwkvtts.audio;

import static io.rwkvtts.audio.AudioDecoder.GLOBALS;
import static io.rwkvtts.audio.AudioDecoder.GLOBAL_IDS;
import static io.rwkvtts.audio.AudioDecoder.SEMANTIC_IDS;

/** Refuses ids that a decoder would take for others. */
final class TokenIds {

    private TokenIds() {}

    static void requireSemantics(int[] semantics) {
        require("semantic token", semantics, SEMANTIC_IDS);
    }

    static void requireGlobals(int[] globals) {
        if (globals.length != GLOBALS) {
            throw new IllegalArgumentException(
                    "%d global tokens, expected %d".formatted(globals.length, GLOBALS));
        }
        require("global token", globals, GLOBAL_IDS);
    }

    private static void require(String what, int[] ids, int end) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= end) {
                throw new IllegalArgumentException(
                        "%s %d is %d, expected 0 to %d".formatted(what, i, ids[i], end - 1));
            }
        }
    }
}
