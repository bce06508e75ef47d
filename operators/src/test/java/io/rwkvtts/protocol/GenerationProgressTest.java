package io.rwkvtts.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GenerationProgressTest {

    @Test
    void testItCannotBeChangedThroughItsArrays() {
        int[] globals = new int[32];
        int[] semantics = {7};
        GenerationProgress progress =
                new GenerationProgress(globals, semantics, NextAction.FEED_TOKEN);
        globals[0] = 1;
        semantics[0] = 1;
        progress.globals()[0] = 1;
        progress.semantics()[0] = 1;
        assertThat(progress.globals()[0]).isZero();
        assertThat(progress.semantics()[0]).isEqualTo(7);
    }

    @Test
    void testTokensOutOfRangeAreRefused() {
        assertRefused(new int[] {4096}, new int[0], NextAction.FEED_TOKEN, "globals[0] is 4096");
        assertRefused(new int[] {-1}, new int[0], NextAction.FEED_TOKEN, "globals[0] is -1");
        assertRefused(new int[32], new int[] {8192}, NextAction.FEED_TOKEN, "semantics[0] is 8192");
        assertRefused(new int[33], new int[0], NextAction.SAMPLE, "33 globals");
    }

    @Test
    void testContradictionsAreRefused() {
        assertRefused(new int[31], new int[1], NextAction.FEED_TOKEN, "31 globals and 1 semantics");
        assertRefused(new int[0], new int[0], NextAction.FEED_TOKEN, "FEED_TOKEN cannot follow");
        assertRefused(new int[31], new int[0], NextAction.FEED_TAG, "FEED_TAG cannot follow");
        assertRefused(new int[32], new int[1], NextAction.FEED_TAG, "FEED_TAG cannot follow");
        assertRefused(new int[31], new int[0], NextAction.STOP, "STOP cannot follow");
        assertRefused(new int[0], new int[0], NextAction.LENGTH, "LENGTH cannot follow");
        assertThatThrownBy(() -> GenerationProgress.withGlobals(new int[31]))
                .hasMessageContaining("32 global tokens, not 31");
    }

    private static void assertRefused(
            int[] globals, int[] semantics, NextAction next, String message) {
        assertThatThrownBy(() -> new GenerationProgress(globals, semantics, next))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
