package io.rwkvtts.job.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Streams of requests, of which each has its next one as soon as the one before has ended: the most
 * that so many clients can ask of the job.
 */
final class BusyStreams {

    /** Longest time without a token before something must be wrong. */
    static final Duration QUIET_LIMIT = Duration.ofMinutes(1);

    private final LoadClient client;
    private final JobProcess process;
    private final Requests requests;
    private final int streams;

    private final List<RequestTrace> sent = new ArrayList<>();
    private long ended;
    private long tokensOfEnded;
    private boolean stopped;

    BusyStreams(LoadClient client, JobProcess process, Requests requests, int streams) {
        this.client = client;
        this.process = process;
        this.requests = requests;
        this.streams = streams;
    }

    /**
     * Measures.
     *
     * @param warmUp time before, which begins when all streams speak
     * @param window time measured
     * @param ends requests that must have ended before the window closes; 0 for any number
     */
    BusyResult run(Duration warmUp, Duration window, int ends) throws Exception {
        client.begin(this::onEnd);
        List<RequestTrace> first = new ArrayList<>();
        for (int stream = 0; stream < streams; stream++) {
            first.add(sendNext());
        }
        client.awaitBeginnings(first, QUIET_LIMIT);
        Thread.sleep(warmUp.toMillis());
        Usage before = process.usage();
        LoadClient.Received receivedBefore = client.received();
        Thread.sleep(window.toMillis());
        awaitEnds(ends);
        Usage after = process.usage();
        LoadClient.Received received = client.received().since(receivedBefore);
        process.requireAlive();
        client.requireRunning();
        client.cancel(stop(), QUIET_LIMIT);
        return result(before, after, received);
    }

    private synchronized BusyResult result(
            Usage before, Usage after, LoadClient.Received received) {
        double seconds = after.secondsSince(before);
        long all = received.semantic() + received.global();
        return new BusyResult(
                received.semantic() / seconds,
                all / seconds,
                ended == 0 ? Double.NaN : (double) tokensOfEnded / ended,
                after.processorsSince(before),
                (double) (after.allocatedBytes() - before.allocatedBytes()) / all);
    }

    private synchronized RequestTrace sendNext() {
        RequestTrace trace = client.send(requests.next(), System.nanoTime());
        sent.add(trace);
        return trace;
    }

    private synchronized void onEnd(RequestTrace trace) {
        if (!stopped) {
            ended++;
            tokensOfEnded += trace.tokens();
            sendNext();
            notifyAll();
        }
    }

    private synchronized void awaitEnds(int ends) throws InterruptedException {
        long limit = System.nanoTime() + QUIET_LIMIT.toNanos();
        long seen = ended;
        while (ended < ends) {
            client.requireRunning();
            process.requireAlive();
            if (ended > seen) {
                seen = ended;
                limit = System.nanoTime() + QUIET_LIMIT.toNanos();
            } else if (System.nanoTime() > limit) {
                throw new IllegalStateException(
                        "no request has ended for %d s".formatted(QUIET_LIMIT.toSeconds()));
            }
            wait(1000);
        }
    }

    private synchronized List<RequestTrace> stop() {
        stopped = true;
        return List.copyOf(sent);
    }
}
