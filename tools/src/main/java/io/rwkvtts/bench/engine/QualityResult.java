package io.rwkvtts.bench.engine;

/**
 * How far the logits of a number format are from those of 32-bit floats.
 *
 * @param shape name of the model
 * @param quantize the number format
 * @param tokens length of the sequence
 * @param logitDeviation standard deviation of the exact logits
 * @param rmsError root of the mean square of the errors
 * @param largestError the largest error of any logit
 * @param sqnrDb signal to quantisation noise, decibels: variance of the exact logits by mean square
 *     of the errors
 * @param greedyAgreement share of tokens after which the largest logit is that of the same token
 */
public record QualityResult(
        String shape,
        String quantize,
        long tokens,
        double logitDeviation,
        double rmsError,
        double largestError,
        double sqnrDb,
        double greedyAgreement) {}
