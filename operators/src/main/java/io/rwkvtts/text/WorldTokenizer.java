package io.rwkvtts.text;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * The RWKV World tokenizer: greedy longest match over UTF-8 bytes (spec 2.2), without any splitting
 * or normalisation before it.
 *
 * <p>All ids here are <em>unified</em> ids, {@link #TEXT_OFFSET} + raw World id (spec 3.2). Text
 * encodes to text ids only: a text that holds the spelling of a control token, such as {@code
 * <|tag_0|>}, is read out like any other.
 *
 * <p>Immutable; may be shared by threads.
 */
public final class WorldTokenizer {

    /** Unified id of the raw World id 0 (spec 3.2). The first text token is one above. */
    public static final int TEXT_OFFSET = 12_292;

    private final Vocabulary vocabulary;

    private WorldTokenizer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /**
     * Reads a vocabulary of any of the three forms of spec 2; which one it is, is told by the
     * content, not by the name.
     *
     * @throws VocabularyException if the file can't be read or is no sound vocabulary
     */
    public static WorldTokenizer load(Path file) {
        return new WorldTokenizer(VocabularyFile.read(requireNonNull(file, "file")));
    }

    /**
     * Unified ids of a text.
     *
     * @throws IllegalArgumentException if the text has half of a surrogate pair, naming its index
     */
    public int[] encode(String text) {
        TextRules.requireWellFormed(text);
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Unified ids of any bytes, UTF-8 or not. */
    public int[] encode(byte[] bytes) {
        int[] ids = new int[bytes.length];
        int count = 0;
        for (int at = 0; at < bytes.length; ) {
            int rawId = vocabulary.longestPrefix(bytes, at);
            ids[count++] = TEXT_OFFSET + rawId;
            at += vocabulary.token(rawId).length;
        }
        return Arrays.copyOf(ids, count);
    }

    /**
     * The text of unified text ids. Bytes that are not UTF-8 become U+FFFD: a token may end inside
     * a character.
     *
     * @throws IllegalArgumentException for an id that is no text token
     */
    public String decode(int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(token(id));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /**
     * Bytes of a text token, a new array.
     *
     * @throws IllegalArgumentException if {@code id} is no text token
     */
    public byte[] bytes(int id) {
        return token(id).clone();
    }

    private byte[] token(int id) {
        byte[] token = vocabulary.token(id - TEXT_OFFSET);
        if (token == null) {
            throw new IllegalArgumentException(
                    "id "
                            + id
                            + " is no text token; those are in "
                            + (TEXT_OFFSET + 1)
                            + " to "
                            + largestTextId());
        }
        return token;
    }

    /** Number of text tokens. */
    public int size() {
        return vocabulary.size();
    }

    /** The largest unified id that {@link #encode(String)} can yield. */
    public int largestTextId() {
        return TEXT_OFFSET + vocabulary.largestRawId();
    }

    /**
     * Unified id of SPCT_0, from which the ids of the voice properties count (spec 3.3); SPCT_n is
     * n above, n from 0 to 99. Empty if the vocabulary has none: properties can't be used then.
     *
     * <p>A vocabulary with control entries has it as an entry. In one without, it is the second id
     * after the last text token: that is where the models' training put it. Whether a model has
     * these rows is for the caller to check.
     */
    public OptionalInt spct0() {
        return vocabulary.spct0();
    }
}
