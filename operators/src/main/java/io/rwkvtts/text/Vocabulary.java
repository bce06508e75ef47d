package io.rwkvtts.text;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * The text tokens of a vocabulary by their raw World ids (1 and up), checked: none is empty, no two
 * are equal, and every single byte is one, so that any byte string can be encoded.
 */
final class Vocabulary {

    /** Largest raw id taken. The World vocabulary ends at 65,529. */
    static final int MAX_RAW_ID = (1 << 20) - 1;

    /** The order of the World vocabulary: by length, then by unsigned bytes (spec 2.1). */
    static final Comparator<byte[]> ORDER =
            Comparator.<byte[]>comparingInt(token -> token.length)
                    .thenComparing(Arrays::compareUnsigned);

    private final byte[][] tokens;
    private final ByteTrie trie = new ByteTrie();
    private final int size;
    private final OptionalInt spct0;

    /**
     * @param file where the tokens come from, for errors
     * @param tokensByRawId the tokens; ids may have gaps; the arrays are kept
     * @param spct0 unified id of SPCT_0, empty if the vocabulary has none
     * @throws VocabularyException if a token is empty or there twice, an id is out of range, or a
     *     single byte is missing
     */
    Vocabulary(Path file, SortedMap<Integer, byte[]> tokensByRawId, OptionalInt spct0) {
        if (tokensByRawId.isEmpty()) {
            throw new VocabularyException(file, "holds no text token");
        }
        checkId(file, tokensByRawId.firstKey());
        checkId(file, tokensByRawId.lastKey());
        this.tokens = new byte[tokensByRawId.lastKey() + 1][];
        this.size = tokensByRawId.size();
        this.spct0 = spct0;
        tokensByRawId.forEach((id, token) -> add(file, id, token));
        checkEveryByte(file);
    }

    private static void checkId(Path file, int rawId) {
        if (rawId < 1 || rawId > MAX_RAW_ID) {
            throw new VocabularyException(
                    file, "raw id " + rawId + " is out of range, 1 to " + MAX_RAW_ID + " expected");
        }
    }

    private void add(Path file, int id, byte[] token) {
        if (token.length == 0) {
            throw new VocabularyException(file, "the token of raw id " + id + " is empty");
        }
        int before = trie.add(token, id);
        if (before != ByteTrie.NONE) {
            throw new VocabularyException(
                    file,
                    "raw ids "
                            + before
                            + " and "
                            + id
                            + " are the same token, bytes "
                            + hex(token));
        }
        tokens[id] = token;
    }

    private void checkEveryByte(Path file) {
        for (int value = 0; value < 256; value++) {
            byte[] single = {(byte) value};
            if (trie.get(single) == ByteTrie.NONE) {
                throw new VocabularyException(
                        file,
                        "no token is the single byte "
                                + hex(single)
                                + "; all 256 are needed to encode any text");
            }
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").withUpperCase().formatHex(bytes);
    }

    /** Raw id of the longest token that {@code text} has at {@code from}; there always is one. */
    int longestPrefix(byte[] text, int from) {
        return trie.longestPrefix(text, from);
    }

    /** Bytes of a token, not a copy; null if there is no such id. */
    byte[] token(int rawId) {
        return rawId < 0 || rawId >= tokens.length ? null : tokens[rawId];
    }

    /** Number of tokens. */
    int size() {
        return size;
    }

    /** The largest raw id. */
    int largestRawId() {
        return tokens.length - 1;
    }

    /** Unified id of SPCT_0, empty if the vocabulary has none. */
    OptionalInt spct0() {
        return spct0;
    }
}
