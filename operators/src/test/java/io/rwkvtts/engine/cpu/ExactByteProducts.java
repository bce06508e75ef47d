package io.rwkvtts.engine.cpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * For tests of how close int8 models come to floats: on x86 processors without VNNI they do not,
 * which the engine warns of. All else must hold on those, too.
 */
public final class ExactByteProducts {

    private ExactByteProducts() {}

    /** Skips the test where products of bytes are not added up exactly. */
    public static void assumed() {
        assumeTrue(ByteProducts.exact(), "an x86 processor without VNNI: int8 is not close here");
    }
}
