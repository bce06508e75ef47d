package io.rwkvtts.bench.engine;

/**
 * What the machine did at most, beside the benchmark and in the same run: medians over the rounds
 * of the best of each round.
 *
 * @param threads that were used at once, as many as the engine has
 * @param readGBPerSecond memory read from beginning to end, 10⁹ bytes per second
 * @param int8GopPerSecond 10⁹ additions and multiplications of 8-bit integers per second, by the
 *     fastest of ONNX Runtime's products
 * @param int8BlockGopPerSecond the same by the product of the int8 models, which quantises its
 *     input on the way and scales every block of 64
 * @param fp32GopPerSecond the same of 32-bit floats
 * @param leastRoundTripNs time that a word takes between two processors and back, in the round
 *     where they were nearest
 * @param greatestRoundTripNs the same in the round where they were farthest; much more than the
 *     least if they have a cache in common only at times
 */
public record Machine(
        int threads,
        double readGBPerSecond,
        double int8GopPerSecond,
        double int8BlockGopPerSecond,
        double fp32GopPerSecond,
        double leastRoundTripNs,
        double greatestRoundTripNs) {}
