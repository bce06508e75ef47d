package io.rwkvtts.bench.load;

import io.rwkvtts.bench.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Requests that arrive at random times (a Poisson process), whatever the job does: one that is slow
 * for a while finds them waiting. Times count from when a request was due, also if it could be sent
 * only later.
 */
final class Arrivals {

    private static final long CONTINUOUS_NANOS = 100_000_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final LoadClient client;
    private final JobProcess process;
    private final FirstChunkTimes times;
    private final Requests requests;
    private final double perSecond;
    private final Random random = new Random(1);
    private final List<RequestTrace> sent = new ArrayList<>();
    private long due = System.nanoTime();

    /**
     * @param times of the requests' first chunks in the job
     * @param perSecond requests that arrive on average
     */
    Arrivals(
            LoadClient client,
            JobProcess process,
            FirstChunkTimes times,
            Requests requests,
            double perSecond) {
        this.client = client;
        this.process = process;
        this.times = times;
        this.requests = requests;
        this.perSecond = perSecond;
    }

    /**
     * Measures.
     *
     * @param unmeasured requests that come first, until the job is as busy as it will be
     * @param length time in which measured requests arrive
     * @param fewest requests to measure, even if it takes longer
     */
    ArrivalsResult run(int unmeasured, Duration length, int fewest) throws Exception {
        client.begin(trace -> {});
        due = System.nanoTime();
        for (int i = 0; i < unmeasured; i++) {
            sendNext();
        }
        Usage before = process.usage();
        LoadClient.Received receivedBefore = client.received();
        List<RequestTrace> measured = new ArrayList<>();
        long end = System.nanoTime() + length.toNanos();
        while (measured.size() < fewest || System.nanoTime() < end) {
            measured.add(sendNext());
        }
        Usage after = process.usage();
        LoadClient.Received received = client.received().since(receivedBefore);
        keepBusyUntilEnded(measured, length);
        Percentiles interTokens = client.interTokens();
        client.cancel(sent);
        return result(measured, interTokens, received, before, after);
    }

    /** The last ones measured are to have the same company as those before. */
    private void keepBusyUntilEnded(List<RequestTrace> measured, Duration length)
            throws InterruptedException {
        long limit = System.nanoTime() + 3 * length.toNanos() + WaitLimit.QUIET.toNanos();
        while (!client.allEnded(measured)) {
            process.requireAlive();
            client.requireRunning();
            if (System.nanoTime() > limit) {
                throw new IllegalStateException(
                        "%.2f requests/s are more than the job can do: they don't end"
                                .formatted(perSecond));
            }
            sendNext();
        }
    }

    private RequestTrace sendNext() throws InterruptedException {
        double pause = -Math.log(1 - random.nextDouble()) / perSecond;
        due += Math.round(pause * NANOS_PER_SECOND);
        long left = due - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
        RequestTrace trace = client.send(requests.next(), due);
        sent.add(trace);
        return trace;
    }

    private ArrivalsResult result(
            List<RequestTrace> measured,
            Percentiles interTokens,
            LoadClient.Received received,
            Usage before,
            Usage after)
            throws InterruptedException {
        List<RequestTrace> finished =
                measured.stream().filter(trace -> trace.finished() && trace.began()).toList();
        Latency firstChunk = new Latency();
        Latency total = new Latency();
        Samples realTimeFactor = new Samples();
        int continuous = 0;
        for (RequestTrace trace : finished) {
            firstChunk.add(trace.firstChunkNanos());
            total.add(trace.totalNanos());
            realTimeFactor.add(trace.realTimeFactor());
            continuous += trace.longestWaitNanos() <= CONTINUOUS_NANOS ? 1 : 0;
        }
        if (finished.isEmpty()) {
            throw new IllegalStateException(
                    "none of %d requests finished".formatted(measured.size()));
        }
        return new ArrivalsResult(
                measured.size(),
                measured.size() - finished.size(),
                received.semantic() / after.secondsSince(before),
                firstChunk.percentiles(),
                FirstChunkTimeline.of(
                        finished, times.await(finished.stream().map(RequestTrace::id).toList())),
                interTokens,
                total.percentiles(),
                Percentiles.of(realTimeFactor),
                (double) continuous / finished.size(),
                after.processorsSince(before),
                after.allocatedSince(before) / (received.semantic() + received.global()));
    }
}
