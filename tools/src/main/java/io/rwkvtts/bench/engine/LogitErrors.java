package io.rwkvtts.bench.engine;

/** Adds up how logits differ from the exact ones. */
final class LogitErrors {

    private long tokens;
    private long logits;
    private double sum;
    private double squares;
    private double errorSquares;
    private double largestError;
    private long agreed;

    /** The logits after one token. */
    void add(float[] exact, float[] actual) {
        int largestExact = 0;
        int largestActual = 0;
        for (int id = 0; id < exact.length; id++) {
            double error = (double) actual[id] - exact[id];
            sum += exact[id];
            squares += (double) exact[id] * exact[id];
            errorSquares += error * error;
            largestError = Math.max(largestError, Math.abs(error));
            largestExact = exact[id] > exact[largestExact] ? id : largestExact;
            largestActual = actual[id] > actual[largestActual] ? id : largestActual;
        }
        tokens++;
        logits += exact.length;
        agreed += largestExact == largestActual ? 1 : 0;
    }

    QualityResult result(BenchModel model) {
        double mean = sum / logits;
        double variance = squares / logits - mean * mean;
        double noise = errorSquares / logits;
        return new QualityResult(
                model.shape(),
                model.quantize(),
                tokens,
                Math.sqrt(variance),
                Math.sqrt(noise),
                largestError,
                10 * Math.log10(variance / noise),
                (double) agreed / tokens);
    }
}
