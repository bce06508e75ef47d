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
     * Measures how many requests are served.
     *
     * @param warmUp time before, which begins when all streams speak
     * @param window time measured
     * @param ends requests that must have ended before the window closes
     * @return requests per second
     */
    double requestsPerSecond(Duration warmUp, Duration window, int ends) throws Exception {
        start(warmUp);
        LoadClient.Received before = client.received();
        long start = System.nanoTime();
        Thread.sleep(window.toMillis());
        awaitEnds(ends);
        double tokens = client.received().since(before).semantic();
        double seconds = (System.nanoTime() - start) / 1e9;
        end();
        return tokens / seconds / tokensPerRequest();
    }

    /**
     * Measures at what pace requests are spoken that begin before and end after.
     *
     * @param warmUp time before, which begins when all streams speak
     * @param window time measured
     */
    Pace pace(Duration warmUp, Duration window) throws Exception {
        List<RequestTrace> speaking = start(warmUp);
        client.restartPace(speaking);
        Usage before = process.usage();
        Thread.sleep(window.toMillis());
        double tokensPerSecond = client.pace(speaking, QUIET_LIMIT);
        Usage after = process.usage();
        end();
        return new Pace(
                tokensPerSecond,
                after.processorsSince(before),
                after.allocatedSince(before) / (tokensPerSecond * after.secondsSince(before)));
    }

    /**
     * What {@link #pace} found.
     *
     * @param tokensPerSecond of all streams together
     * @param processors busy on average
     * @param allocatedBytesPerToken on the Java heap by the task that speaks
     */
    record Pace(double tokensPerSecond, double processors, double allocatedBytesPerToken) {}

    private List<RequestTrace> start(Duration warmUp) throws InterruptedException {
        client.begin(this::onEnd);
        List<RequestTrace> first = new ArrayList<>();
        for (int stream = 0; stream < streams; stream++) {
            first.add(sendNext());
        }
        client.awaitBeginnings(first, QUIET_LIMIT);
        Thread.sleep(warmUp.toMillis());
        return first;
    }

    private void end() throws InterruptedException {
        process.requireAlive();
        client.requireRunning();
        client.cancel(stop(), QUIET_LIMIT);
    }

    private synchronized double tokensPerRequest() {
        return (double) tokensOfEnded / ended;
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
