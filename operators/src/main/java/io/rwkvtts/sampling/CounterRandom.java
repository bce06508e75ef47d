package io.rwkvtts.sampling;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Random numbers as a function of (seed, stream, step), without any state: a generation that is
 * restored, moved or replayed draws the same numbers. The function is SplitMix64 applied to a
 * counter (spec 3.5, "Randomness").
 */
public final class CounterRandom {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private CounterRandom() {}

    /**
     * The uniform number in [0, 1), a multiple of 2⁻⁵³, of one draw.
     *
     * @param seed all 64 bits count
     * @param stream which of a seed's independent sequences
     * @param step number of the draw in its sequence, from 0
     */
    public static double uniform(long seed, long stream, long step) {
        long key = mix(seed ^ mix(stream));
        return (mix(key + step * GOLDEN_GAMMA) >>> 11) * 0x1p-53;
    }

    /**
     * The seed of a request that gives none: the first 8 bytes, big-endian, of the SHA-256 of the
     * id in UTF-8. It will never change, so that a replay by a later release draws the same.
     */
    public static long seedOf(String requestId) {
        try {
            byte[] id = requestId.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(id)).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static long mix(long x) {
        long z = x + GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
