package io.rwkvtts.audio;

import java.util.Arrays;

/**
 * Tokens to be decoded in one call, and those of them whose samples are emitted. Immutable as long
 * as nobody writes to its arrays, so that another thread may decode it.
 *
 * @param semantics ids from 0 to 8191
 * @param globals the speaker's 32 ids
 * @param skipped tokens at the beginning that are there as context only
 * @param emitted tokens after those whose samples are emitted
 */
public record AudioWindow(int[] semantics, int[] globals, int skipped, int emitted) {

    /**
     * The samples to emit.
     *
     * @throws AudioException if the decoder fails
     */
    public float[] decode(AudioDecoder decoder) {
        float[] samples = decoder.decode(semantics, globals);
        int perToken = decoder.format().samplesPerToken();
        return Arrays.copyOfRange(samples, skipped * perToken, (skipped + emitted) * perToken);
    }
}
