package io.rwkvtts.plan;

/**
 * How one engine bore a load. Times are milliseconds from the arrival of a request.
 *
 * @param requests that were counted
 * @param requestsPerSecond that came on average
 * @param tokensPerSecond semantic tokens generated
 * @param firstChunkP50Ms half of the first chunks
 * @param firstChunkP95Ms nearly all first chunks
 * @param queueMs mean time until a slot was free
 * @param totalMs mean time to the end
 * @param realTimeFactorP95 nearly all requests' time to the end by length of their sound
 * @param continuous share of the listeners who never waited longer than 100 ms
 * @param meanRunning requests that held a slot, averaged over time
 * @param meanOpen requests that ran or waited, averaged over time
 * @param busy share of the time in which the engine computed
 */
public record SimulationResult(
        int requests,
        double requestsPerSecond,
        double tokensPerSecond,
        double firstChunkP50Ms,
        double firstChunkP95Ms,
        double queueMs,
        double totalMs,
        double realTimeFactorP95,
        double continuous,
        double meanRunning,
        double meanOpen,
        double busy) {}
