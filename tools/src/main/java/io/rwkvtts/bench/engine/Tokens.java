package io.rwkvtts.bench.engine;

import java.util.Random;

/** Token ids to feed where what they mean is of no matter: random, the same in every run. */
final class Tokens {

    private Tokens() {}

    /**
     * Some tokens.
     *
     * @param vocabRows ids are less than this
     */
    static int[] random(long seed, int count, int vocabRows) {
        return new Random(seed).ints(count, 0, vocabRows).toArray();
    }
}
