package io.rwkvtts.bench.load;

/**
 * Streams that are always busy, with requests that are long enough that few begin or end while
 * measured, against what the engine alone does with a batch of that size. What a beginning costs
 * counts against the job.
 *
 * @param streams busy at once
 * @param tokensPerSecond of all streams together
 * @param engineTokensPerSecond of the engine alone, measured in turns with the job
 * @param engineRatio the former divided by the latter
 * @param processors busy on average
 * @param allocatedBytesPerToken on the Java heap by the task that generates, with the copies of
 *     states that checkpoints take
 */
public record SaturatedResult(
        int streams,
        double tokensPerSecond,
        double engineTokensPerSecond,
        double engineRatio,
        double processors,
        double allocatedBytesPerToken) {}
