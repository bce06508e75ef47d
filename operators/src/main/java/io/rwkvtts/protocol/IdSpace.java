package io.rwkvtts.protocol;

import static java.util.Objects.requireNonNull;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ids that audio tokens, tags, text and voice properties share (spec 3.2). The constants are
 * the same for every model of the family; where the text ends depends on the vocabulary.
 *
 * @param vocabRows rows of the model's embedding table: tokens to feed are below
 * @param largestTextId largest id that the tokenizer gives
 * @param spct0 id of SPCT_0, to which the numbers of voice properties are added; {@link #NO_SPCT}
 *     if the vocabulary or the model has none
 */
public record IdSpace(int vocabRows, int largestTextId, int spct0) {

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

    /** Id of raw text id 0, which is never fed. */
    public static final int TEXT_OFFSET = 12292;

    /** Logits to sample from in the global phase. */
    public static final int GLOBAL_LOGITS = GLOBAL_ALPHABET;

    /** Logits to sample from in the semantic phase: the semantic tokens and EOS. */
    public static final int SEMANTIC_LOGITS = EOS + 1;

    /** There are no ids for voice properties. */
    public static final int NO_SPCT = -1;

    private static final Logger LOG = LoggerFactory.getLogger(IdSpace.class);

    /** Rows that a model may have behind the vocabulary's last id without a warning. */
    private static final int PADDING = 64;

    private static final int SPCT_COUNT = 100;

    /**
     * The id space of a model and a vocabulary that fit each other.
     *
     * @param vocabRows rows of {@code emb.weight}
     * @param headRows rows of {@code head.weight} that the engine computes
     * @param largestTextId largest unified id of a text entry of the vocabulary
     * @param spct0 id of SPCT_0 according to the vocabulary, negative if it has none. A model with
     *     too few rows for the properties is an older checkpoint: it speaks, without properties
     * @throws IllegalArgumentException if they do not fit; says what was expected
     */
    public static IdSpace of(int vocabRows, int headRows, int largestTextId, int spct0) {
        if (headRows < SEMANTIC_LOGITS) {
            throw new IllegalArgumentException(
                    "the model's head.weight has "
                            + headRows
                            + " rows, expected at least "
                            + SEMANTIC_LOGITS
                            + " (semantic tokens and end of speech); is it a TTS model?");
        }
        if (largestTextId <= TEXT_OFFSET) {
            throw new IllegalArgumentException(
                    "the vocabulary's largest text id is "
                            + largestTextId
                            + ", expected more than "
                            + TEXT_OFFSET);
        }
        if (vocabRows <= largestTextId) {
            throw new IllegalArgumentException(
                    "the vocabulary does not fit the model: its largest text id is "
                            + largestTextId
                            + ", but emb.weight has "
                            + vocabRows
                            + " rows, expected more than "
                            + largestTextId
                            + "; use the vocabulary that the model was trained with");
        }
        boolean properties = spct0 >= 0 && spct0 + VoiceAttribute.LARGEST_NUMBER < vocabRows;
        int used = (properties ? spct0 + SPCT_COUNT : largestTextId + 1);
        if (vocabRows > used + PADDING) {
            LOG.warn(
                    "The model's emb.weight has {} rows, the vocabulary uses ids below {} only:"
                            + " was the model trained with another vocabulary?",
                    vocabRows,
                    used);
        }
        return new IdSpace(vocabRows, largestTextId, properties ? spct0 : NO_SPCT);
    }

    /** Whether prompts may hold voice properties; older checkpoints have no ids for them. */
    public boolean hasProperties() {
        return spct0 != NO_SPCT;
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
