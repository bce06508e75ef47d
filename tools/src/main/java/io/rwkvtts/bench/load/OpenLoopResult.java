package io.rwkvtts.bench.load;

/**
 * Requests that arrive at random times, at a share of the rate at which that many streams that are
 * always busy are served. Times are milliseconds from when a request should have been sent.
 *
 * @param text length of the texts
 * @param streams whose rate it is a share of
 * @param capacityRequestsPerSecond that rate
 * @param requestsPerSecond rate of the arrivals
 * @param requests measured
 * @param failed those of them that did not finish
 * @param tokensPerSecond tokens of audio, of all requests together
 * @param firstChunkMs to the first chunk
 * @param timeline where that time goes; null in reports of older versions
 * @param interTokenMsChunkMean between two tokens of a request, averaged over a chunk: the time
 *     since the chunk before by the tokens of the chunk, once for each of them. How single tokens
 *     are spread is not seen outside of the job
 * @param endToEndMs to the end
 * @param realTimeFactor time to the end by length of the audio
 * @param continuity share of the requests whose listener, beginning with the first chunk, never
 *     waited longer than 100 ms
 * @param processors busy on average
 * @param allocatedBytesPerToken on the Java heap by the task that generates, with the copies of
 *     states that checkpoints take
 */
public record OpenLoopResult(
        String text,
        int streams,
        double capacityRequestsPerSecond,
        double requestsPerSecond,
        int requests,
        int failed,
        double tokensPerSecond,
        Percentiles firstChunkMs,
        FirstChunkTimeline timeline,
        Percentiles interTokenMsChunkMean,
        Percentiles endToEndMs,
        Percentiles realTimeFactor,
        double continuity,
        double processors,
        double allocatedBytesPerToken) {}
