package io.rwkvtts.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.sampling.SamplingParameters;
import org.junit.jupiter.api.Test;

class SamplingCheckTest {

    private static final int SLOTS = 5;

    /** After 18 rounds of 16 draws, and of the next round all but the last. */
    private static final int SOME_DRAWN = 18 * 16 + 15;

    private final InferenceEngine engine = ScriptedEngine.tts(SLOTS);

    @Test
    void testSamplerThatDrawsWhatTheHostDrawsPasses() {
        HostDraws sampler = new HostDraws(engine);
        assertThat(new SamplingCheck(engine, sampler).run()).isEmpty();
        assertThat(sampler.drawn).isEqualTo(4 * 6 * 16);
    }

    @Test
    void testOneOtherTokenIsFound() {
        HostDraws sampler =
                new HostDraws(engine) {
                    @Override
                    public int token(int index) {
                        int token = super.token(index);
                        return drawn == SOME_DRAWN && index == 2 ? token ^ 1 : token;
                    }
                };
        assertThat(new SamplingCheck(engine, sampler).run())
                .hasValueSatisfying(
                        difference -> assertThat(difference).startsWith("a token drawn with"));
    }

    /** Draws by the host's sampler, as many at once as the engine has slots. */
    private static class HostDraws implements EngineSampler {

        private final InferenceEngine engine;
        private final Sampler sampler = new Sampler(IdSpace.SEMANTIC_LOGITS);
        private final float[] logits = new float[IdSpace.SEMANTIC_LOGITS];
        private final int[] tokens = new int[SLOTS];
        int drawn;

        HostDraws(InferenceEngine engine) {
            this.engine = engine;
        }

        @Override
        public void put(
                int index,
                int slot,
                int length,
                int forbidden,
                SamplingParameters parameters,
                double u) {
            engine.logits(slot, logits, length);
            tokens[index] = sampler.sample(logits, length, forbidden, parameters, u);
        }

        @Override
        public void draw(int count) {
            drawn += count;
        }

        @Override
        public int token(int index) {
            return tokens[index];
        }
    }
}
