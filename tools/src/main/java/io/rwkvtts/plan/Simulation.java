package io.rwkvtts.plan;

import io.rwkvtts.bench.Samples;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * One engine and its queue, as the job runs them: requests arrive at random (a Poisson process) and
 * wait for a slot in their order; a step feeds every decoding request one token, and one piece of
 * the prompts that wait comes after it. Its clock is moved by what the calls of the engine took
 * when they were measured. The same seed gives the same result.
 */
public final class Simulation {

    /** {@code tts.chunk.first-tokens}. */
    static final int FIRST_CHUNK = 10;

    /** {@code tts.chunk.tokens}. */
    static final int CHUNK = 25;

    /** {@code tts.prefill.chunk-tokens}. */
    private static final int PREFILL_TOKENS = 256;

    /**
     * From the producer of a request to the job, and from there to the consumer of its tokens:
     * Kafka's and Flink's part, where records are passed on at once.
     */
    static final double PATH_MS = 22;

    private static final double CONTINUOUS_MS = 100;
    private static final double MS_PER_SECOND = 1000;
    private static final double P50 = 0.5;
    private static final double P95 = 0.95;

    /** For that long the machine is as fast as it is; its states last for seconds. */
    private static final double PACE_MS = 1000;

    private final Pace pace;
    private final TimesBySize stepMs;
    private final TimesBySize prefillMs;
    private final int slots;
    private final Texts texts;
    private final double requestsPerSecond;
    private final Random pauses;
    private final Random lengths;
    private final Random paces;

    private final Deque<SimulatedRequest> queue = new ArrayDeque<>();
    private final List<SimulatedRequest> running = new ArrayList<>();
    private final List<SimulatedRequest> measured = new ArrayList<>();
    private int unmeasured;
    private int wanted;
    private int arrived;
    private int measuredLeft;
    private double windowBegin;
    private double windowEnd = Double.MAX_VALUE;
    private double now;
    private double nextArrival;
    private double factor;
    private double paceUntil;
    private double busyMs;
    private double runningMs;
    private double openMs;
    private long windowTokens;

    /**
     * @param slots requests that are generated at once
     * @param requestsPerSecond that arrive on average
     */
    public Simulation(
            Measurements costs, int slots, Texts texts, double requestsPerSecond, long seed) {
        this.pace = costs.pace();
        this.stepMs = costs.stepMs();
        this.prefillMs = costs.prefillMs();
        this.slots = slots;
        this.texts = texts;
        this.requestsPerSecond = requestsPerSecond;
        pauses = new Random(seed);
        lengths = new Random(seed);
        paces = new Random(seed);
        nextArrival = pause();
    }

    /**
     * Runs until the measured requests have ended. Rates and means over time are those from the
     * arrival of the last unmeasured to that of the last measured one. To be called once.
     *
     * @param unmeasured the first ones, in which the load builds up
     * @param measured those after them
     */
    public SimulationResult run(int unmeasured, int measured) {
        this.unmeasured = unmeasured;
        wanted = measured;
        measuredLeft = measured;
        while (measuredLeft > 0) {
            admit();
            if (running.isEmpty()) {
                advance(nextArrival - now);
            } else {
                decode();
                prefill();
            }
        }
        return result();
    }

    private double pause() {
        return -Math.log(1 - pauses.nextDouble()) / requestsPerSecond * MS_PER_SECOND;
    }

    private void admit() {
        while (running.size() < slots && !queue.isEmpty()) {
            SimulatedRequest next = queue.remove();
            next.gotSlot(now);
            running.add(next);
        }
    }

    private void compute(double meanMs) {
        if (now >= paceUntil) {
            factor = pace.factor(paces.nextDouble());
            paceUntil = now + PACE_MS;
        }
        double ms = meanMs * factor;
        busyMs += inWindow(now, now + ms);
        advance(ms);
    }

    /** What arrives within a call counts from its arrival. */
    private void advance(double ms) {
        double end = now + ms;
        while (nextArrival <= end) {
            count(nextArrival);
            arrive();
        }
        count(end);
    }

    /** Moves the clock. */
    private void count(double to) {
        double ms = inWindow(now, to);
        runningMs += ms * running.size();
        openMs += ms * (running.size() + queue.size());
        now = to;
    }

    private double inWindow(double from, double to) {
        return arrived < unmeasured
                ? 0
                : Math.max(0, Math.min(to, windowEnd) - Math.max(from, windowBegin));
    }

    private void arrive() {
        SimulatedRequest request = new SimulatedRequest(now, texts.next(lengths));
        queue.add(request);
        arrived++;
        if (arrived == unmeasured) {
            windowBegin = now;
        } else if (arrived > unmeasured && measured.size() < wanted) {
            measured.add(request);
            request.measure();
            if (measured.size() == wanted) {
                windowEnd = now;
            }
        }
        nextArrival += pause();
    }

    private void decode() {
        List<SimulatedRequest> rows = inPhase(true);
        if (rows.isEmpty()) {
            return;
        }
        compute(stepMs.at(rows.size()));
        rows.forEach(this::drawn);
    }

    private void prefill() {
        int left = PREFILL_TOKENS;
        for (SimulatedRequest request : inPhase(false)) {
            int piece = Math.min(left, request.promptLeft());
            if (piece == 0) {
                return;
            }
            left -= piece;
            compute(prefillMs.at(piece));
            if (request.fed(piece)) {
                drawn(request);
            }
        }
    }

    private List<SimulatedRequest> inPhase(boolean decoding) {
        List<SimulatedRequest> requests = new ArrayList<>(running.size());
        for (SimulatedRequest request : running) {
            if (request.decoding() == decoding) {
                requests.add(request);
            }
        }
        return requests;
    }

    private void drawn(SimulatedRequest request) {
        int tokens = request.drawn(now + PATH_MS);
        if (arrived >= unmeasured && now >= windowBegin && now <= windowEnd) {
            windowTokens += tokens;
        }
        if (request.ended()) {
            running.remove(request);
            measuredLeft -= request.measured() ? 1 : 0;
        }
    }

    private SimulationResult result() {
        double ms = windowEnd - windowBegin;
        Samples firstChunk = new Samples();
        Samples factor = new Samples();
        double queueMs = 0;
        double totalMs = 0;
        int continuous = 0;
        for (SimulatedRequest request : measured) {
            firstChunk.add(request.firstChunkMs());
            factor.add(request.realTimeFactor());
            queueMs += request.queueMs();
            totalMs += request.totalMs();
            continuous += request.longestWaitMs() <= CONTINUOUS_MS ? 1 : 0;
        }
        int count = measured.size();
        return new SimulationResult(
                count,
                count / ms * MS_PER_SECOND,
                windowTokens / ms * MS_PER_SECOND,
                firstChunk.quantile(P50),
                firstChunk.quantile(P95),
                queueMs / count,
                totalMs / count,
                factor.quantile(P95),
                (double) continuous / count,
                runningMs / ms,
                openMs / ms,
                busyMs / ms);
    }
}
