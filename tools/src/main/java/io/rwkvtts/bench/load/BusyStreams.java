package io.rwkvtts.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Streams of requests, of which each has its next one as soon as the one before has ended: the most
 * that that many clients can ask of the job.
 */
final class BusyStreams {

    private static final int FEWEST_TURNS = 5;

    /** A process that is paused for longer may be missed. */
    private static final Duration LONGEST_TURN = Duration.ofSeconds(4);

    private final LoadClient client;
    private final JobProcess process;
    private final Requests requests;
    private final int streams;

    private final List<RequestTrace> sent = new ArrayList<>();
    private boolean stopped;

    BusyStreams(LoadClient client, JobProcess process, Requests requests, int streams) {
        this.client = client;
        this.process = process;
        this.requests = requests;
        this.streams = streams;
    }

    /**
     * Measures how many requests are served: tokens that come in a time, divided by those of a
     * request. The latter are the mean over all requests sent until then, however long they still
     * run: those that have ended are rather the short ones.
     *
     * @param warmUp time before, which begins when all streams are being generated
     * @param window time measured, or longer, until the first request of every stream has ended
     * @return requests per second
     */
    double requestsPerSecond(Duration warmUp, Duration window) throws Exception {
        List<RequestTrace> first = start(warmUp);
        LoadClient.Received before = client.received();
        long start = System.nanoTime();
        Thread.sleep(window.toMillis());
        client.awaitEnds(first);
        double tokens = client.received().since(before).semantic();
        double seconds = (System.nanoTime() - start) / 1e9;
        List<RequestTrace> all = sent();
        client.awaitEnds(all);
        end();
        double tokensOfAll = all.stream().mapToLong(RequestTrace::tokens).sum();
        return tokens / seconds * all.size() / tokensOfAll;
    }

    /**
     * Measures at what pace the streams are generated, in turns with something else, so that both
     * have the same share of the times in which the machine is slow.
     *
     * @param warmUp time before, which begins when all streams are being generated
     * @param window time measured, of all turns together
     * @param other run for the time it is given, while the process is paused
     */
    Pace pace(Duration warmUp, Duration window, Consumer<Duration> other) throws Exception {
        List<StreamPace> paces = start(warmUp).stream().map(RequestTrace::stream).toList();
        long turns = Math.max(FEWEST_TURNS, window.dividedBy(LONGEST_TURN) + 1);
        Duration turn = window.dividedBy(turns);
        double tokensPerSecond = 0;
        double processors = 0;
        double allocatedBytesPerToken = 0;
        for (int i = 0; i < turns; i++) {
            process.pause();
            try {
                other.accept(turn);
            } finally {
                process.resume();
            }
            client.restartPace(paces);
            Usage before = process.usage();
            Thread.sleep(turn.toMillis());
            double rate = client.pace(paces);
            Usage after = process.usage();
            tokensPerSecond += rate / turns;
            processors += after.processorsSince(before) / turns;
            allocatedBytesPerToken +=
                    after.allocatedSince(before) / (rate * after.secondsSince(before)) / turns;
        }
        end();
        return new Pace(tokensPerSecond, processors, allocatedBytesPerToken);
    }

    /**
     * What {@link #pace} found.
     *
     * @param tokensPerSecond of all streams together
     * @param processors busy on average
     * @param allocatedBytesPerToken on the Java heap by the task that generates
     */
    record Pace(double tokensPerSecond, double processors, double allocatedBytesPerToken) {}

    private List<RequestTrace> start(Duration warmUp) throws InterruptedException {
        client.begin(this::onEnd);
        List<RequestTrace> first = new ArrayList<>();
        for (int stream = 0; stream < streams; stream++) {
            first.add(sendNext(new StreamPace()));
        }
        client.awaitBeginnings(first);
        Thread.sleep(warmUp.toMillis());
        return first;
    }

    private void end() throws InterruptedException {
        process.requireAlive();
        client.requireRunning();
        client.cancel(stop());
    }

    private synchronized RequestTrace sendNext(StreamPace stream) {
        RequestTrace trace = client.send(requests.next(), System.nanoTime(), stream);
        sent.add(trace);
        return trace;
    }

    private synchronized void onEnd(RequestTrace trace) {
        if (stopped) {
            return;
        }
        if (!trace.finished() || !trace.began()) {
            throw new IllegalStateException(
                    "request %s did not finish, but ended with '%s'"
                            .formatted(trace.id(), trace.finishReason()));
        }
        sendNext(trace.stream());
    }

    private synchronized List<RequestTrace> sent() {
        return List.copyOf(sent);
    }

    private synchronized List<RequestTrace> stop() {
        stopped = true;
        return List.copyOf(sent);
    }
}
