package io.rwkvtts.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.rwkvtts.sampling.CounterRandom;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.sampling.SamplingParameters;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentGenerationTest {

    private static final GenerationLimits UP_TO_60 = new GenerationLimits(0, 60);

    private final Sampler sampler = new Sampler(IdSpace.SEMANTIC_LOGITS);
    private final float[] logits = new float[IdSpace.SEMANTIC_LOGITS];

    @Test
    void testGlobalsThenTagThenSemanticsAreFed() {
        SegmentGeneration generation = begin(GenerationProgress.START, new GenerationLimits(0, 5));
        List<Integer> fed = run(generation);

        List<Integer> expected = new ArrayList<>();
        for (int g : generation.globals()) {
            expected.add(8196 + g);
        }
        expected.add(8194);
        for (int s : generation.semantics(0, 4)) {
            expected.add(s);
        }
        assertThat(fed).isEqualTo(expected);
        assertThat(generation.semanticCount()).isEqualTo(5);
        assertThat(generation.cutOff()).isTrue();
    }

    @Test
    void testKnownGlobalsAreNeitherSampledNorFed() {
        int[] globals = new int[32];
        Arrays.setAll(globals, i -> 100 + i);
        SegmentGeneration generation =
                begin(GenerationProgress.withGlobals(globals), new GenerationLimits(0, 3));

        assertThat(generation.globalsComplete()).isTrue();
        assertThat(generation.logitsNeeded()).isEqualTo(8193);
        List<Integer> fed = run(generation);
        assertThat(fed).containsExactly(boxed(generation.semantics(0, 2)));
        assertThat(generation.globals()).containsExactly(globals);
    }

    @Test
    void testGlobalsAreSampledFromTheirOwnLogits() {
        SegmentGeneration generation = begin(GenerationProgress.START, UP_TO_60);
        Arrays.fill(logits, 4096, 8193, 100);
        for (int i = 0; i < 32; i++) {
            assertThat(generation.logitsNeeded()).isEqualTo(4096);
            draw(generation);
            generation.nextInput();
        }
        assertThat(Arrays.stream(generation.globals()).max().getAsInt()).isLessThan(4096);
        assertThat(generation.globalsComplete()).isTrue();
    }

    @Test
    void testEndOfSpeechAtOnceGivesNoTokens() {
        SegmentGeneration generation = begin(GenerationProgress.withGlobals(new int[32]), UP_TO_60);
        logits[IdSpace.EOS] = 100;
        draw(generation);

        assertThat(generation.finished()).isTrue();
        assertThat(generation.cutOff()).isFalse();
        assertThat(generation.needsLogits()).isFalse();
        assertThat(generation.semanticCount()).isZero();
    }

    @Test
    void testEndOfSpeechIsForbiddenBeforeTheMinimum() {
        SegmentGeneration generation =
                begin(GenerationProgress.withGlobals(new int[32]), new GenerationLimits(3, 60));
        logits[IdSpace.EOS] = 100;
        for (int i = 0; i < 3; i++) {
            draw(generation);
            generation.nextInput();
        }
        assertThat(generation.finished()).isFalse();
        draw(generation);
        assertThat(generation.finished()).isTrue();
        assertThat(generation.semanticCount()).isEqualTo(3);
    }

    @Test
    void testMinimumEqualToMaximumGivesExactlyThatMany() {
        SegmentGeneration generation =
                begin(GenerationProgress.withGlobals(new int[32]), new GenerationLimits(4, 4));
        logits[IdSpace.EOS] = 100;
        while (!generation.finished()) {
            draw(generation);
            if (!generation.finished()) {
                generation.nextInput();
            }
        }
        assertThat(generation.semanticCount()).isEqualTo(4);
        assertThat(generation.cutOff()).isTrue();
    }

    /**
     * At each point where nothing but the progress is needed, another generation continues from it.
     */
    @Test
    void testContinuesWithTheSameTokensFromAnyPoint() {
        SegmentGeneration undisturbed = begin(GenerationProgress.START, UP_TO_60);
        List<Integer> fed = run(undisturbed);
        int restored = 0;

        SegmentGeneration generation = begin(GenerationProgress.START, UP_TO_60);
        int done = 0;
        while (!generation.finished()) {
            List<Integer> rest = new ArrayList<>(fed.subList(0, done));
            SegmentGeneration other = begin(generation.progress(), UP_TO_60);
            run(other, rest);
            assertThat(rest).isEqualTo(fed);
            assertThat(other.progress())
                    .usingRecursiveComparison()
                    .isEqualTo(undisturbed.progress());
            restored++;
            if (generation.needsLogits()) {
                scriptedLogits(fed.subList(0, done));
                draw(generation);
            } else {
                assertThat(generation.nextInput()).isEqualTo(fed.get(done));
                done++;
            }
        }
        assertThat(undisturbed.semanticCount()).isEqualTo(60);
        int sampled = 32 + 60;
        assertThat(restored).isEqualTo(sampled + fed.size());
        SegmentGeneration finished = begin(undisturbed.progress(), UP_TO_60);
        assertThat(finished.finished()).isTrue();
        assertThat(finished.cutOff()).isTrue();
    }

    @Test
    void testRandomNumbersAreThoseOfSeedSegmentAndToken() {
        GenerationLimits limits = new GenerationLimits(0, 40);
        SegmentGeneration generation =
                new SegmentGeneration(
                        -5, 3, GenerationProgress.START, limits, SamplingParameters.SEMANTIC);
        Sampler reference = new Sampler(8193);
        int drawn = 0;
        while (!generation.finished()) {
            if (generation.needsLogits()) {
                boolean global = !generation.globalsComplete();
                int step = global ? generation.globals().length : generation.semanticCount();
                int expected =
                        reference.sample(
                                logits,
                                global ? 4096 : 8193,
                                Sampler.NONE,
                                global ? SamplingParameters.GLOBAL : SamplingParameters.SEMANTIC,
                                CounterRandom.uniform(-5, global ? 1000 : 2003, step));
                draw(generation);
                int token =
                        global
                                ? generation.globals()[step]
                                : generation.semantics(step, step + 1)[0];
                assertThat(token).isEqualTo(expected);
                drawn++;
            } else {
                generation.nextInput();
            }
        }
        assertThat(drawn).isEqualTo(72);
    }

    @Test
    void testSemanticParametersAreHonoured() {
        SegmentGeneration generation =
                new SegmentGeneration(
                        1,
                        0,
                        GenerationProgress.withGlobals(new int[32]),
                        UP_TO_60,
                        new SamplingParameters(0, 1, 0));
        logits[4711] = 1;
        draw(generation);
        assertThat(generation.semantics(0, 1)).containsExactly(4711);
    }

    @Test
    void testTokenThatIsNoneOfThoseToDrawChangesNothing() {
        SegmentGeneration global = begin(GenerationProgress.START, UP_TO_60);
        assertThatThrownBy(() -> global.drawn(4096))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("token 4096 was drawn: expected 0 to 4095");
        assertThat(global.needsLogits()).isTrue();
        assertThat(global.globals()).isEmpty();

        SegmentGeneration semantic =
                begin(GenerationProgress.withGlobals(new int[32]), new GenerationLimits(1, 60));
        assertThatThrownBy(() -> semantic.drawn(IdSpace.EOS))
                .hasMessage("token 8192 was drawn: expected 0 to 8192 but 8192");
        assertThatThrownBy(() -> semantic.drawn(-1)).hasMessageContaining("token -1");
        assertThat(semantic.finished()).isFalse();
        assertThat(semantic.semanticCount()).isZero();
    }

    /** An engine that draws itself must be told before it computes the logits. */
    @Test
    void testWhatToDrawIsKnownBeforeTheTokenIsFed() {
        SegmentGeneration generation =
                begin(GenerationProgress.withGlobals(new int[32]), new GenerationLimits(2, 60));
        assertThat(generation.forbidden()).isEqualTo(IdSpace.EOS);
        double first = generation.uniform();
        generation.drawn(5);
        generation.nextInput();
        assertThat(generation.forbidden()).isEqualTo(IdSpace.EOS);
        assertThat(generation.uniform()).isNotEqualTo(first);
        generation.drawn(6);
        generation.nextInput();
        assertThat(generation.forbidden()).isEqualTo(Sampler.NONE);
        assertThat(generation.logitsNeeded()).isEqualTo(8193);
        assertThat(generation.sampling()).isEqualTo(SamplingParameters.SEMANTIC);
    }

    @Test
    void testCallsOutOfTurnAreRefused() {
        SegmentGeneration generation = begin(GenerationProgress.START, UP_TO_60);
        assertThatThrownBy(generation::nextInput)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cannot feed now, next is SAMPLE");
        draw(generation);
        assertThatThrownBy(() -> generation.drawn(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cannot draw now, next is FEED_TOKEN");
        assertThatThrownBy(() -> generation.semantics(0, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void testProgressBeyondTheLimitIsRefused() {
        GenerationProgress progress =
                new GenerationProgress(new int[32], new int[60], NextAction.FEED_TOKEN);
        assertThatThrownBy(() -> begin(progress, UP_TO_60))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("60 semantic tokens")
                .hasMessageContaining("limit of the segment is 60");
        assertThatThrownBy(
                        () ->
                                new SegmentGeneration(
                                        1,
                                        -1,
                                        GenerationProgress.START,
                                        UP_TO_60,
                                        SamplingParameters.SEMANTIC))
                .hasMessageContaining("segment is -1");
    }

    @Test
    void testNothingIsAllocatedPerToken() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        int[] globals = new int[32];
        generate(begin(GenerationProgress.withGlobals(globals), new GenerationLimits(0, 2048, 0)));

        SegmentGeneration generation =
                begin(GenerationProgress.withGlobals(globals), new GenerationLimits(0, 2048, 0));
        long before = threads.getThreadAllocatedBytes(thread);
        generate(generation);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;

        assertThat(generation.semanticCount()).isEqualTo(2048);
        assertThat(allocated).isLessThan(1024);
    }

    private void draw(SegmentGeneration generation) {
        generation.drawn(
                sampler.sample(
                        logits,
                        generation.logitsNeeded(),
                        generation.forbidden(),
                        generation.sampling(),
                        generation.uniform()));
    }

    private void generate(SegmentGeneration generation) {
        while (!generation.finished()) {
            if (generation.needsLogits()) {
                draw(generation);
            } else {
                logits[generation.nextInput()] += 0.5f;
                logits[IdSpace.EOS] = -100;
            }
        }
    }

    private SegmentGeneration begin(GenerationProgress progress, GenerationLimits limits) {
        return new SegmentGeneration(42, 0, progress, limits, SamplingParameters.SEMANTIC);
    }

    private List<Integer> run(SegmentGeneration generation) {
        List<Integer> fed = new ArrayList<>();
        run(generation, fed);
        return fed;
    }

    /** Runs to the end, adding to {@code fed}, of which the logits are a function. */
    private void run(SegmentGeneration generation, List<Integer> fed) {
        while (!generation.finished()) {
            if (generation.needsLogits()) {
                scriptedLogits(fed);
                draw(generation);
            } else {
                fed.add(generation.nextInput());
            }
        }
    }

    /** A model that looks at everything it was fed and never ends by itself. */
    private void scriptedLogits(List<Integer> fed) {
        long history = fed.hashCode();
        for (int id = 0; id < logits.length; id++) {
            logits[id] = (float) (10 * CounterRandom.uniform(history, 0, id));
        }
        logits[IdSpace.EOS] = -10;
    }

    private static Integer[] boxed(int[] tokens) {
        return Arrays.stream(tokens).boxed().toArray(Integer[]::new);
    }

    @Test
    void testCutsARunawaySegmentOffAtTheSamePlaceFromWhereverItContinues() {
        GenerationLimits limits = new GenerationLimits(0, 200, 20);
        logits[77] = 100;
        GenerationProgress start = GenerationProgress.withGlobals(new int[IdSpace.GLOBAL_TOKENS]);
        for (int restoredAt = 0; restoredAt <= 21; restoredAt++) {
            SegmentGeneration generation = runaway(start, limits);
            for (int token = 0; !generation.finished(); token++) {
                if (token == restoredAt) {
                    generation = runaway(generation.progress(), limits);
                }
                if (!generation.needsLogits()) {
                    generation.nextInput();
                }
                draw(generation);
            }
            assertThat(generation.semanticCount()).as("restored at %s", restoredAt).isEqualTo(21);
            assertThat(generation.ranAway()).isTrue();
            assertThat(generation.cutOff()).isTrue();
        }
    }

    private static SegmentGeneration runaway(GenerationProgress progress, GenerationLimits limits) {
        return new SegmentGeneration(0, 0, progress, limits, SamplingParameters.SEMANTIC);
    }
}
