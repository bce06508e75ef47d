package io.rwkvtts.bench.micro;

/**
 * Encoding a text.
 *
 * @param text kind of text
 * @param bytes its length in UTF-8
 * @param megabytesPerSecond 10⁶ bytes of text per second, by the mean time
 * @param error half of the 99.9 % confidence interval of that; NaN of one value
 * @param allocatedBytesPerByte on the Java heap, per byte of text
 */
public record TokenizerResult(
        String text,
        int bytes,
        double megabytesPerSecond,
        double error,
        double allocatedBytesPerByte) {}
