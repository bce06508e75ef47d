package io.rwkvtts.bench.micro;

/**
 * Drawing one token from 8193 logits.
 *
 * @param rule how it is drawn
 * @param logits how they are spread
 * @param microsPerToken mean
 * @param error half of the mean's 99.9 % confidence interval, microseconds; NaN of one value
 * @param allocatedBytesPerToken on the Java heap
 */
public record SamplerResult(
        String rule,
        String logits,
        double microsPerToken,
        double error,
        double allocatedBytesPerToken) {}
