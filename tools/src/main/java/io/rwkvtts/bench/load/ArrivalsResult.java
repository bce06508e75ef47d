package io.rwkvtts.bench.load;

/**
 * What {@link Arrivals} found. Times are milliseconds from when a request was due.
 *
 * @param requests measured
 * @param failed those that did not finish
 * @param semanticTokensPerSecond tokens of audio
 * @param firstChunkMs to the first chunk
 * @param timeline where that time goes
 * @param interTokenMsChunkMean between two tokens of a request, averaged over a chunk
 * @param endToEndMs to the end
 * @param realTimeFactor time to the end by length of the audio
 * @param continuity share of the requests whose listener never waited longer than 100 ms
 * @param processors busy on average
 * @param allocatedBytesPerToken on the Java heap by the task that generates
 */
record ArrivalsResult(
        int requests,
        int failed,
        double semanticTokensPerSecond,
        Percentiles firstChunkMs,
        FirstChunkTimeline timeline,
        Percentiles interTokenMsChunkMean,
        Percentiles endToEndMs,
        Percentiles realTimeFactor,
        double continuity,
        double processors,
        double allocatedBytesPerToken) {}
