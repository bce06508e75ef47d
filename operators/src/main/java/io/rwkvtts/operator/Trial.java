package io.rwkvtts.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/**
 * A share of the requests that values are tried on. Which of them follows from their ids alone, so
 * that a replay tries the same.
 *
 * @param experiment name; another one divides the requests in another way
 * @param share of the requests, more than 0 and less than 1
 */
public record Trial(String experiment, double share) {

    /** Most characters of the name of a side. */
    public static final int LONGEST_ARM = 66;

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,64}");

    /** Requests that go on as before. */
    private static final String BEFORE = "a";

    /** Requests that the values are tried on. */
    private static final String TREATED = "b";

    /**
     * @throws IllegalArgumentException for a name or a share that cannot be
     */
    public Trial {
        if (experiment == null || !NAME.matcher(experiment).matches()) {
            throw new IllegalArgumentException(
                    "experiment is '%s', expected 1 to 64 of the characters a-z, A-Z, 0-9, '.', '_' and '-'"
                            .formatted(experiment));
        }
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException(
                    "share is " + share + ", expected more than 0 and less than 1");
        }
    }

    /** Whether a request is one that the values are tried on. */
    boolean treats(String requestId) {
        return place(requestId) < share;
    }

    /** The side of requests, as headers and metrics name it. */
    public String arm(boolean treated) {
        return experiment + ":" + (treated ? TREATED : BEFORE);
    }

    /**
     * Where a request stands among all, 0 to 1, evenly spread, and elsewhere in each experiment.
     */
    private double place(String requestId) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((experiment + "\n").getBytes(UTF_8));
            long bits = ByteBuffer.wrap(digest.digest(requestId.getBytes(UTF_8))).getLong();
            return (bits >>> 11) * 0x1.0p-53;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
