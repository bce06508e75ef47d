package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.engine.EngineSampler;
import io.rwkvtts.engine.ForwardingEngine;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.ScriptedEngine;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.GenerationProgress;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.sampling.InvalidLogitsException;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.sampling.SamplingParameters;
import io.rwkvtts.scheduling.NanoClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TokenSamplerTest {

    private static final int SLOTS = 4;
    private static final int BROKEN_SLOT = 2;

    private final InferenceEngine engine = ScriptedEngine.tts(SLOTS);
    private final DrawBatch draws = new DrawBatch(SLOTS);

    @Test
    void testEveryRowIsDrawnFromItsOwnLogits() {
        feed(3, 0, 1);
        draws.add(3, globals());
        draws.add(0, semantics());
        draws.add(1, semantics());
        new TokenSampler(engine, LoopObserver.NONE, NanoClock.SYSTEM).sample(draws);

        assertThat(draws.token(0)).isEqualTo(alone(3, globals()));
        assertThat(draws.token(1)).isEqualTo(alone(0, semantics()));
        assertThat(draws.token(2)).isEqualTo(alone(1, semantics()));
    }

    @Test
    void testKnownLogitsAreTakenInPlaceOfTheEngines() {
        float[] logits = new float[IdSpace.SEMANTIC_LOGITS];
        logits[4711] = 100;
        draws.add(0, semantics(), logits);
        new TokenSampler(engine, LoopObserver.NONE, NanoClock.SYSTEM).sample(draws);
        assertThat(draws.token(0)).isEqualTo(4711);
    }

    @Test
    void testBrokenLogitsFailOneRow() {
        InferenceEngine broken =
                new ForwardingEngine(engine) {
                    @Override
                    public void logits(int slot, float[] destination, int count) {
                        super.logits(slot, destination, count);
                        if (slot == BROKEN_SLOT) {
                            destination[17] = Float.NaN;
                        }
                    }
                };
        feed(1, BROKEN_SLOT, 3);
        draws.add(1, semantics());
        draws.add(BROKEN_SLOT, semantics());
        draws.add(3, semantics());
        new TokenSampler(broken, LoopObserver.NONE, NanoClock.SYSTEM).sample(draws);

        assertThat(draws.token(0)).isEqualTo(alone(1, semantics()));
        assertThatThrownBy(() -> draws.token(1))
                .isInstanceOf(InvalidLogitsException.class)
                .hasMessage("logit 17 is NaN");
        assertThat(draws.token(2)).isEqualTo(alone(3, semantics()));

        draws.clear();
        draws.add(1, semantics());
        draws.add(3, semantics());
        new TokenSampler(broken, LoopObserver.NONE, NanoClock.SYSTEM).sample(draws);
        assertThat(draws.token(1)).isEqualTo(alone(3, semantics()));
    }

    @Test
    void testNothingIsDrawnForAGenerationThatFeedsAnotherTokenFirst() {
        AtomicInteger sampled = new AtomicInteger();
        LoopObserver observer =
                new LoopObserver() {
                    @Override
                    public void sampled(long nanos) {
                        sampled.incrementAndGet();
                    }
                };
        SegmentGeneration beforeTag = globals();
        while (!beforeTag.globalsComplete()) {
            beforeTag.drawn(1);
            beforeTag.nextInput();
        }
        assertThat(beforeTag.needsLogits()).isFalse();
        feed(0, 1);
        draws.add(0, beforeTag);
        draws.add(1, semantics());
        new TokenSampler(engine, observer, NanoClock.SYSTEM).sample(draws);

        assertThat(draws.wanted(0)).isFalse();
        assertThat(draws.wanted(1)).isTrue();
        assertThat(sampled).hasValue(1);
    }

    @Test
    void testEngineThatDrawsTokensDrawsAllWithoutKnownLogitsAtOnce() {
        DrawingEngine drawing = new DrawingEngine(engine);
        float[] known = new float[IdSpace.SEMANTIC_LOGITS];
        known[4711] = 100;
        feed(1, 0, 3);
        draws.add(1, semantics());
        draws.add(2, semantics(), known);
        draws.add(0, globals());
        draws.add(3, semantics());
        new TokenSampler(drawing, LoopObserver.NONE, NanoClock.SYSTEM).sample(draws);

        assertThat(drawing.calls).containsExactly(3);
        assertThat(draws.token(0)).isEqualTo(alone(1, semantics()));
        assertThat(draws.token(1)).isEqualTo(4711);
        assertThat(draws.token(2)).isEqualTo(alone(0, globals()));
        assertThat(draws.token(3)).isEqualTo(alone(3, semantics()));
    }

    @Test
    void testLogitsThatTheEngineRefusesFailOneRowWithTheHostsReason() {
        DrawingEngine drawing =
                new DrawingEngine(engine) {
                    @Override
                    public void logits(int slot, float[] destination, int count) {
                        super.logits(slot, destination, count);
                        if (slot == BROKEN_SLOT) {
                            destination[17] = Float.NaN;
                        }
                    }
                };
        feed(1, BROKEN_SLOT, 3);
        draws.add(1, semantics());
        draws.add(BROKEN_SLOT, semantics());
        draws.add(3, semantics());
        new TokenSampler(drawing, LoopObserver.NONE, NanoClock.SYSTEM).sample(draws);

        assertThat(draws.token(0)).isEqualTo(alone(1, semantics()));
        assertThatThrownBy(() -> draws.token(1))
                .isInstanceOf(InvalidLogitsException.class)
                .hasMessage("logit 17 is NaN");
        assertThat(draws.token(2)).isEqualTo(alone(3, semantics()));
    }

    @Test
    void testEngineIsNotAskedWhereNoRowWantsAToken() {
        DrawingEngine drawing = new DrawingEngine(engine);
        new TokenSampler(drawing, LoopObserver.NONE, NanoClock.SYSTEM).sample(draws);
        assertThat(drawing.calls).isEmpty();
    }

    /** An engine that draws tokens, from its logits by the host's sampler. */
    private static class DrawingEngine extends ForwardingEngine implements EngineSampler {

        private final List<Integer> calls = new ArrayList<>();
        private final Sampler sampler = new Sampler(IdSpace.SEMANTIC_LOGITS);
        private final float[] logits = new float[IdSpace.SEMANTIC_LOGITS];
        private final int[] tokens = new int[SLOTS];

        DrawingEngine(InferenceEngine engine) {
            super(engine);
        }

        @Override
        public Optional<EngineSampler> sampler() {
            return Optional.of(this);
        }

        @Override
        public void put(
                int index,
                int slot,
                int length,
                int forbidden,
                SamplingParameters parameters,
                double u) {
            logits(slot, logits, length);
            try {
                tokens[index] = sampler.sample(logits, length, forbidden, parameters, u);
            } catch (InvalidLogitsException e) {
                tokens[index] = REFUSED;
            }
        }

        @Override
        public void draw(int count) {
            calls.add(count);
        }

        @Override
        public int token(int index) {
            return tokens[index];
        }
    }

    private void feed(int... slots) {
        int[] tokens = slots.clone();
        engine.step(slots, tokens, slots.length);
    }

    private int alone(int slot, SegmentGeneration generation) {
        float[] logits = new float[IdSpace.SEMANTIC_LOGITS];
        engine.logits(slot, logits, generation.logitsNeeded());
        return new Sampler(IdSpace.SEMANTIC_LOGITS)
                .sample(
                        logits,
                        generation.logitsNeeded(),
                        generation.forbidden(),
                        generation.sampling(),
                        generation.uniform());
    }

    private static SegmentGeneration globals() {
        return generation(GenerationProgress.START);
    }

    private static SegmentGeneration semantics() {
        return generation(GenerationProgress.withGlobals(new int[IdSpace.GLOBAL_TOKENS]));
    }

    private static SegmentGeneration generation(GenerationProgress progress) {
        return new SegmentGeneration(
                7, 0, progress, new GenerationLimits(0, 60), SamplingParameters.SEMANTIC);
    }
}
