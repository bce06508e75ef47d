package io.rwkvtts.job.bench.load;

/**
 * What {@link BusyStreams} found.
 *
 * @param semanticTokensPerSecond tokens of audio, of all streams together
 * @param tokensPerSecond with those of the speakers, which take a step each, too
 * @param tokensPerRequest mean of the requests that ended; NaN if none did
 * @param processors busy on average
 * @param allocatedBytesPerToken on the Java heap by the task that speaks
 */
record BusyResult(
        double semanticTokensPerSecond,
        double tokensPerSecond,
        double tokensPerRequest,
        double processors,
        double allocatedBytesPerToken) {}
