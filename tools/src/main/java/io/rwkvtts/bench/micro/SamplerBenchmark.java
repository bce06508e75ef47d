package io.rwkvtts.bench.micro;

import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.sampling.SamplingParameters;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Drawing one token from the logits of the semantic tokens. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SamplerBenchmark {

    /** Different logits in turn, so that no branch is foreseen because it came before. */
    private static final int SETS = 64;

    /** How a token is drawn. */
    public enum Rule {
        /** The largest logit. */
        GREEDY(new SamplingParameters(0, 1, 0)),
        /** Semantic tokens by spec 3.3, step 5: temperature 1, top-p 0.95, top-k 80. */
        SEMANTIC(SamplingParameters.SEMANTIC),
        /** Temperature 1, top-p 0.95, top-k 50. */
        TOP_K_50_TOP_P_95(new SamplingParameters(1, 0.95, 50)),
        /** Temperature 0.8, top-p 0.95, top-k 50: probabilities are raised to a power. */
        TEMPERATURE_80_TOP_K_50_TOP_P_95(new SamplingParameters(0.8, 0.95, 50)),
        /** Temperature 1, nothing cut off. */
        WHOLE(new SamplingParameters(1, 1, 0));

        private final SamplingParameters parameters;

        Rule(SamplingParameters parameters) {
            this.parameters = parameters;
        }
    }

    /** How the logits are spread: normally distributed, with this deviation. */
    public enum Logits {
        /** Some thousand tokens are probable. */
        FLAT(0.5),
        /** Some hundred are. */
        ORDINARY(2.5),
        /** A few have nearly all of the probability. */
        PEAKED(8);

        private final double deviation;

        Logits(double deviation) {
            this.deviation = deviation;
        }
    }

    @Param private Rule rule;
    @Param private Logits logits;

    private final Sampler sampler = new Sampler(IdSpace.SEMANTIC_LOGITS);
    private final float[][] sets = new float[SETS][IdSpace.SEMANTIC_LOGITS];
    private final double[] uniform = new double[SETS];
    private int next;

    /** Makes the logits, the same in every run. */
    @Setup
    public void fill() {
        Random random = new Random(1);
        for (int set = 0; set < SETS; set++) {
            for (int id = 0; id < IdSpace.SEMANTIC_LOGITS; id++) {
                sets[set][id] = (float) (random.nextGaussian() * logits.deviation);
            }
            uniform[set] = random.nextDouble();
        }
    }

    /** Draws one token. */
    @Benchmark
    public int sample() {
        int set = next++ % SETS;
        next %= SETS;
        return sampler.sample(
                sets[set], IdSpace.SEMANTIC_LOGITS, Sampler.NONE, rule.parameters, uniform[set]);
    }
}
