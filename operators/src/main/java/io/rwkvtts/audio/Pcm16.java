package io.rwkvtts.audio;

import java.util.List;

/**
 * Samples as 16-bit integers, little-endian: each is multiplied by a fixed gain and by 32,767,
 * rounded to the nearest integer (half-way: up) and clipped. A fixed gain, because a stream's peak
 * is not known while it plays (spec 4.7).
 */
public final class Pcm16 {

    /** Bytes of a sample. */
    public static final int BYTES = 2;

    private Pcm16() {}

    /**
     * @param samples about in [-1, 1]
     * @param gain positive
     * @throws IllegalArgumentException for a gain that is not positive
     * @throws AudioException if a sample is not a number
     */
    public static byte[] of(float[] samples, float gain) {
        if (!(gain > 0) || Float.isInfinite(gain)) {
            throw new IllegalArgumentException("gain is %s, expected above 0".formatted(gain));
        }
        byte[] bytes = new byte[BYTES * samples.length];
        for (int i = 0; i < samples.length; i++) {
            if (Float.isNaN(samples[i])) {
                throw new AudioException("sample %d is not a number".formatted(i));
            }
            long value = Math.round((double) samples[i] * gain * Short.MAX_VALUE);
            int clipped = (int) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, value));
            bytes[2 * i] = (byte) clipped;
            bytes[2 * i + 1] = (byte) (clipped >> 8);
        }
        return bytes;
    }

    /**
     * The gain that brings whole audio to a comfortable level, as rwkv-tts-rs scales it (spec 4.7):
     * a peak above 1 comes to 1, a smaller one to 0.8, but at most by a factor of 10. Only for
     * audio that is complete.
     */
    public static float peakGain(List<float[]> parts) {
        float peak = 0;
        for (float[] samples : parts) {
            for (float sample : samples) {
                peak = Math.max(peak, Math.abs(sample));
            }
        }
        if (peak == 0) {
            return 1;
        }
        return peak > 1 ? 1 / peak : Math.min(0.8f / peak, 10);
    }
}
