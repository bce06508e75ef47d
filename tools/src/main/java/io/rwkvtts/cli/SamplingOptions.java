package io.rwkvtts.cli;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.sampling.SamplingParameters;
import picocli.CommandLine.Option;

/** How semantic tokens are drawn, and how many. */
final class SamplingOptions {

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = SeedConverter.class,
            description =
                    "unsigned 64-bit number; the same seed gives the same tokens (default: ${DEFAULT-VALUE})")
    private long seed = 0;

    @Option(
            names = "--max-semantic-tokens",
            paramLabel = "N",
            description = "cut the speech off here; 50 are a second (default: ${DEFAULT-VALUE})")
    private int maxTokens = GenerationLimits.MAX;

    @Option(
            names = "--min-semantic-tokens",
            paramLabel = "N",
            description = "forbid the end of speech before (default: ${DEFAULT-VALUE})")
    private int minTokens = 0;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description =
                    "of semantic tokens; 0 takes the likeliest always (default: ${DEFAULT-VALUE})")
    private double temperature = SamplingParameters.SEMANTIC.temperature();

    @Option(
            names = "--top-p",
            paramLabel = "X",
            description =
                    "probability mass that semantic tokens are drawn from (default: ${DEFAULT-VALUE})")
    private double topP = SamplingParameters.SEMANTIC.topP();

    @Option(
            names = "--top-k",
            paramLabel = "N",
            description =
                    "most semantic tokens to draw from; 0 for all (default: ${DEFAULT-VALUE})")
    private int topK = SamplingParameters.SEMANTIC.topK();

    long seed() {
        return seed;
    }

    GenerationLimits limits() {
        return new GenerationLimits(minTokens, maxTokens);
    }

    SamplingParameters parameters() {
        return new SamplingParameters(temperature, topP, topK);
    }
}
