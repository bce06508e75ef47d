package io.rwkvtts.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Spoils bytes: the same ones for the same seed. Cuts them off, flips bits, overwrites, inserts,
 * removes and repeats parts, and puts in words that are known to hurt, once or thousands of times.
 */
public final class Mutator {

    /** What hurts readers of JSON, of Python literals and of binary lengths. */
    private static final byte[][] WORDS = {
        bytes("["),
        bytes("{\"a\":"),
        bytes("]"),
        bytes("}"),
        bytes("\""),
        bytes(","),
        bytes("null"),
        bytes("true"),
        bytes("-1"),
        bytes("0.5"),
        bytes("1e999999999"),
        bytes("-9223372036854775809"),
        bytes("18446744073709551616"),
        bytes("4294967296"),
        bytes("99999999"),
        bytes("9"),
        bytes("NaN"),
        bytes("\\ud800"),
        bytes("\\u0000"),
        bytes("\\x"),
        bytes("'"),
        bytes("\n"),
        bytes(" "),
        bytes("\ufeff"),
        bytes("../"),
        {0},
        {(byte) 0x80},
        {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
        {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f},
        {-2, -1, -1, -1, -1, -1, -1, -1, -1, 1},
        {-1, -1, -1, -1, -1, -1, -1, 0x7f},
    };

    /** Most bytes that one repeated word adds. */
    private static final int MAX_REPEATED_BYTES = 1 << 16;

    private final SplittableRandom random;

    public Mutator(long seed) {
        random = new SplittableRandom(seed);
    }

    /**
     * A spoilt copy, with one fault or, seldom, up to four within the first {@code reach} bytes.
     */
    public byte[] mutate(byte[] original, int reach) {
        byte[] bytes = original;
        int faults = Math.max(1, random.nextInt(8) - 3);
        for (int i = 0; i < faults; i++) {
            bytes = mutateOnce(bytes, Math.min(reach, bytes.length));
        }
        return bytes;
    }

    /** A spoilt copy. */
    public byte[] mutate(byte[] original) {
        return mutate(original, original.length);
    }

    private byte[] mutateOnce(byte[] bytes, int reach) {
        int at = random.nextInt(reach + 1);
        int length = random.nextInt(1 + Math.min(16, bytes.length - at));
        return switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1, 2 -> flip(bytes, at);
            case 3 -> splice(bytes, at, length, random(length));
            case 4 -> splice(bytes, at, 0, random(1 + random.nextInt(16)));
            case 5 -> splice(bytes, at, length, new byte[0]);
            case 6 -> splice(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
            default -> splice(bytes, at, length, words());
        };
    }

    private byte[] flip(byte[] bytes, int at) {
        byte[] flipped = bytes.clone();
        if (at < flipped.length) {
            flipped[at] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private byte[] words() {
        byte[] word = WORDS[random.nextInt(WORDS.length)];
        boolean often = random.nextInt(32) == 0;
        int times = often ? 1 + random.nextInt(MAX_REPEATED_BYTES / word.length) : 1;
        ByteArrayOutputStream words = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            words.writeBytes(word);
        }
        return words.toByteArray();
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int at, int removed, byte[] inserted) {
        byte[] spliced = Arrays.copyOf(bytes, bytes.length - removed + inserted.length);
        System.arraycopy(inserted, 0, spliced, at, inserted.length);
        System.arraycopy(
                bytes, at + removed, spliced, at + inserted.length, bytes.length - at - removed);
        return spliced;
    }

    private static byte[] bytes(String word) {
        return word.getBytes(UTF_8);
    }
}
