package io.rwkvtts.protocol;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.text.WorldTokenizer;
import java.util.OptionalInt;

/**
 * The ids that audio tokens, tags, text and voice properties share (spec 3.2). The constants are
 * the same for every model of the family; where the text ends depends on the vocabulary.
 *
 * @param spct0 id of SPCT_0, to which the numbers of voice properties are added; empty if the
 *     vocabulary or the model has none
 */
public record IdSpace(OptionalInt spct0) {

    /** Number of different semantic tokens; their ids are 0 to 8191. */
    public static final int SEMANTIC_ALPHABET = 8192;

    /** End of speech: output of the semantic phase only. */
    public static final int EOS = 8192;

    /** Tag "globals follow". */
    public static final int TAG_0 = 8193;

    /** Tag "semantics follow". */
    public static final int TAG_1 = 8194;

    /** Tag "text follows". */
    public static final int TAG_2 = 8195;

    /** A global token g is sampled as id g and fed as id {@code GLOBAL_OFFSET + g}. */
    public static final int GLOBAL_OFFSET = 8196;

    /** Number of different global tokens. */
    public static final int GLOBAL_ALPHABET = 4096;

    /** Number of global tokens of a voice. */
    public static final int GLOBAL_TOKENS = 32;

    /** Logits to sample from in the global phase. */
    public static final int GLOBAL_LOGITS = GLOBAL_ALPHABET;

    /** Logits to sample from in the semantic phase: the semantic tokens and EOS. */
    public static final int SEMANTIC_LOGITS = EOS + 1;

    /** Tables are padded to a multiple of a power of two between these. */
    private static final int SMALLEST_PADDING = 8;

    private static final int LARGEST_PADDING = 1024;

    private static final int SPCT_COUNT = 100;

    /**
     * The id space of a model and a vocabulary that fit each other: the model has as many rows as
     * the vocabulary needs, or that many padded, all together or those of the text. A model with
     * too few rows for the properties is an older checkpoint: it works, without properties.
     *
     * @param vocabRows rows of {@code emb.weight}
     * @param headRows rows of {@code head.weight} that the engine computes
     * @throws IllegalArgumentException if they do not fit; the message has what was expected
     */
    public static IdSpace of(int vocabRows, int headRows, WorldTokenizer tokenizer) {
        if (headRows < SEMANTIC_LOGITS) {
            throw new IllegalArgumentException(
                    "the model has "
                            + headRows
                            + " rows of head.weight, expected at least "
                            + SEMANTIC_LOGITS
                            + " (semantic tokens and end of speech); is it a TTS model?");
        }
        OptionalInt spct0 = tokenizer.spct0();
        boolean properties = spct0.isPresent() && rows(tokenizer) <= vocabRows;
        int end = properties ? rows(tokenizer) : tokenizer.largestTextId() + 1;
        if (!isPadded(vocabRows, end)
                && !isPadded(
                        vocabRows - WorldTokenizer.TEXT_OFFSET, end - WorldTokenizer.TEXT_OFFSET)) {
            throw new IllegalArgumentException(
                    "the vocabulary does not fit the model: its last id is "
                            + (end - 1)
                            + ", but the model has "
                            + vocabRows
                            + " rows of emb.weight, expected "
                            + end
                            + " or that rounded up to a multiple of "
                            + SMALLEST_PADDING
                            + " or more; use the vocabulary that the model was trained with");
        }
        return new IdSpace(properties ? spct0 : OptionalInt.empty());
    }

    private static boolean isPadded(int rows, int used) {
        boolean padded = rows == used;
        for (int m = SMALLEST_PADDING; m <= LARGEST_PADDING; m *= 2) {
            padded |= rows == (used + m - 1) / m * m;
        }
        return padded;
    }

    /** Rows of {@code emb.weight} for all ids of a vocabulary, those of properties included. */
    public static int rows(WorldTokenizer tokenizer) {
        OptionalInt spct0 = tokenizer.spct0();
        return spct0.isPresent() ? spct0.getAsInt() + SPCT_COUNT : tokenizer.largestTextId() + 1;
    }

    /** A copy of {@code tokens}, each of which must be in [0, alphabet). */
    static int[] requireTokens(int[] tokens, String name, int alphabet) {
        int[] copy = requireNonNull(tokens, name).clone();
        for (int i = 0; i < copy.length; i++) {
            if (copy[i] < 0 || copy[i] >= alphabet) {
                throw new IllegalArgumentException(
                        name + "[" + i + "] is " + copy[i] + ", expected 0 to " + (alphabet - 1));
            }
        }
        return copy;
    }
}
