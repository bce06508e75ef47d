package io.rwkvtts.audio;

/**
 * A decoder whose samples depend on their token, two before it and one after it, and on the
 * speaker. Its calls may be told to fail.
 */
public final class Convolution implements AudioDecoder {

    private volatile int longest;
    private volatile boolean fails;

    @Override
    public CodecFormat format() {
        return new CodecFormat(16_000, 3, 2, 1);
    }

    @Override
    public float[] decode(int[] semantics, int[] globals) {
        if (fails) {
            throw new AudioException("fails");
        }
        longest = Math.max(longest, semantics.length);
        float[] samples = new float[3 * semantics.length];
        for (int i = 0; i < samples.length; i++) {
            int token = i / 3;
            float sum = globals[i % 3];
            for (int j = -2; j <= 1; j++) {
                int place = token + j;
                if (place >= 0 && place < semantics.length) {
                    sum += (j + 3) * (semantics[place] + 1) * (i % 3 + 1);
                }
            }
            samples[i] = sum;
        }
        return samples;
    }

    /** Whether calls fail from now on. */
    public void fail(boolean now) {
        fails = now;
    }

    /** Tokens of the longest call. */
    int longest() {
        return longest;
    }

    void forgetLongest() {
        longest = 0;
    }

    @Override
    public void close() {}
}
