package io.rwkvtts.bench.engine;

import java.util.List;

/**
 * What the machine did at most, beside the benchmark and in the same run: medians over the rounds
 * of the best of each round.
 *
 * @param threads that were used at once, as many as the engine has
 * @param readGBPerSecond far more memory than a cache holds, read from beginning to end, 10⁹ bytes
 *     per second
 * @param reading the same for memory of the sizes of the models' weights
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
        List<ReadRate> reading,
        double int8GopPerSecond,
        double int8BlockGopPerSecond,
        double fp32GopPerSecond,
        double leastRoundTripNs,
        double greatestRoundTripNs) {

    /** Reports from before sizes were told apart have none. */
    public Machine {
        reading = reading == null ? List.of() : List.copyOf(reading);
    }

    /** The rate of reading memory of this size, if it was measured, else of any. */
    double readGBPerSecond(long bytes) {
        return reading.stream()
                .filter(rate -> rate.bytes() == bytes)
                .mapToDouble(ReadRate::gigabytesPerSecond)
                .findFirst()
                .orElse(readGBPerSecond);
    }
}
