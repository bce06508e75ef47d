package io.rwkvtts.audio;

/**
 * Makes sound of semantic tokens. Deterministic on one machine: the same tokens give the same
 * samples, whatever else is decoded at the same time. Safe for use by several threads.
 */
public interface AudioDecoder extends AutoCloseable {

    /** Semantic ids are below this (spec 3.2). */
    int SEMANTIC_IDS = 8192;

    /** Global ids are below this; a larger one would sound like another voice (spec 4.5). */
    int GLOBAL_IDS = 4096;

    /** Global tokens of a speaker. */
    int GLOBALS = 32;

    /** What the decoder makes of a token. */
    CodecFormat format();

    /**
     * Decodes tokens as if there were nothing around them.
     *
     * @param semantics ids from 0 to 8191, at least one
     * @param globals the speaker's 32 ids, from 0 to 4095
     * @return samples about in [-1, 1], {@link CodecFormat#samplesPerToken} for each token
     * @throws IllegalArgumentException if an id is out of range, or there are too few or too many
     * @throws AudioException if the decoder fails
     */
    float[] decode(int[] semantics, int[] globals);

    @Override
    void close();
}
