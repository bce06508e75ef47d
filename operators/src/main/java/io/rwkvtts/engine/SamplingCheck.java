package io.rwkvtts.engine;

import io.rwkvtts.sampling.CounterRandom;
import io.rwkvtts.sampling.InvalidLogitsException;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.sampling.SamplingParameters;
import java.util.List;
import java.util.Optional;

/**
 * Checks on the machine at hand that an {@link EngineSampler} draws what the host draws. It holds
 * by the choice of the operations, but a device that nobody has tried yet could break it.
 */
public final class SamplingCheck {

    private static final int TOKENS = 4;
    private static final int DRAWS = 16;

    private static final List<SamplingParameters> PARAMETERS =
            List.of(
                    SamplingParameters.SEMANTIC,
                    SamplingParameters.GLOBAL,
                    new SamplingParameters(0.7, 1, 0),
                    new SamplingParameters(1.3, 0.5, 0),
                    new SamplingParameters(0.1, 0.999, 300),
                    new SamplingParameters(0, 1, 0));

    private final InferenceEngine engine;
    private final EngineSampler sampler;
    private final Sampler host;
    private final float[] logits;

    /**
     * @param engine slot 0 is used and cleared
     * @param sampler of the engine
     */
    public SamplingCheck(InferenceEngine engine, EngineSampler sampler) {
        this.engine = engine;
        this.sampler = sampler;
        int length = engine.model().headRows();
        host = new Sampler(length);
        logits = new float[length];
    }

    /** What differed, or nothing. */
    public Optional<String> run() {
        int together = Math.min(DRAWS, engine.slots());
        engine.clear(0);
        try {
            for (int token = 0; token < TOKENS; token++) {
                engine.step(new int[] {0}, new int[] {token}, 1);
                engine.logits(0, logits, logits.length);
                for (SamplingParameters parameters : PARAMETERS) {
                    for (int from = 0; from < DRAWS; from += together) {
                        if (!same(parameters, token, from, Math.min(DRAWS, from + together))) {
                            return Optional.of("a token drawn with %s".formatted(parameters));
                        }
                    }
                }
            }
            return Optional.empty();
        } finally {
            engine.clear(0);
        }
    }

    /** Whether some draws, all at once, are the host's. */
    private boolean same(SamplingParameters parameters, int token, int from, int to) {
        for (int draw = from; draw < to; draw++) {
            double u = CounterRandom.uniform(0, token, draw);
            sampler.put(draw - from, 0, logits.length, Sampler.NONE, parameters, u);
        }
        sampler.draw(to - from);
        for (int draw = from; draw < to; draw++) {
            double u = CounterRandom.uniform(0, token, draw);
            if (sampler.token(draw - from) != hostToken(parameters, u)) {
                return false;
            }
        }
        return true;
    }

    private int hostToken(SamplingParameters parameters, double u) {
        try {
            return host.sample(logits, logits.length, Sampler.NONE, parameters, u);
        } catch (InvalidLogitsException e) {
            return EngineSampler.REFUSED;
        }
    }
}
