package io.rwkvtts.operator;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.LoopObserver;
import io.rwkvtts.synthesis.RequestClock;
import io.rwkvtts.synthesis.SpeechRequest;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.runtime.metrics.TimerGauge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts and times what the {@link SynthesizeOperator} does, and logs a line every ten seconds
 * while there is work.
 *
 * <p>Owns: the metrics of the subtask. Lifecycle: made in {@code open}. Updated by the task thread
 * only, but for {@link #sampled} and {@link #deviceBusy}, which the thread that computes updates;
 * the reporters read from their own.
 */
final class SynthesisMetrics implements LoopObserver {
    private static final Logger LOG = LoggerFactory.getLogger(SynthesisMetrics.class);

    /** Values that a histogram keeps: a sliding window. */
    private static final int WINDOW = 1_000;

    /** Wait for a later chunk that a listener does not mind. */
    private static final long CONTINUOUS_NANOS = 100_000_000L;

    private final MetricGroup group;
    private final Counter promptTokens;
    private final Counter generationTokens;
    private final Counter prefixCacheQueries;
    private final Counter prefixCacheHits;
    private final Counter restoredRequests;
    private final Counter recomputedTokens;
    private final Counter droppedFinished;
    private final Counter droppedDuplicate;
    private final Counter droppedEarly;
    private final Counter invalid;
    private final Counter cutOffAtLimit;
    private final Counter cutOffForRepetition;
    private final Map<FinishReason, Counter> finished = new EnumMap<>(FinishReason.class);
    private final Histogram timeToFirstToken;
    private final Histogram timeToFirstChunk;
    private final Histogram interTokenLatency;
    private final Histogram queueTime;
    private final Histogram prefillTime;
    private final Histogram decodeTime;
    private final Histogram e2eLatency;
    private final Histogram batchSize;
    private final Histogram stepTime;
    private final Histogram sampleTime;
    private final Histogram audioRtf;
    private final Histogram snapshotTime;
    private final Histogram audioUnderrun;
    private final Counter firstChunkOk;
    private final Counter firstChunkTotal;
    private final Counter continuityOk;
    private final Counter continuityTotal;

    private final Map<String, ArmMetrics> arms = new HashMap<>();
    private final TimerGauge deviceBusy;
    private final int slots;
    private volatile int running;
    private volatile int waiting;
    private volatile int open;
    private volatile int ending;
    private volatile int earlyEvents;
    private final GenerationRate rate = new GenerationRate();
    private final LateChunks lateChunks = new LateChunks();
    private final long firstChunkObjectiveNanos;
    private final NanoClock nanos;

    /**
     * @param deviceBytes memory of a device that the engine took
     * @param firstChunkObjective time in which the first chunk of a request should come
     */
    SynthesisMetrics(
            MetricGroup operatorGroup,
            int slots,
            int stateBytes,
            long deviceBytes,
            Duration firstChunkObjective,
            NanoClock nanos) {
        this.slots = slots;
        this.nanos = nanos;
        this.firstChunkObjectiveNanos = firstChunkObjective.toNanos();
        this.group = operatorGroup.addGroup(MetricNames.GROUP);
        group.gauge(MetricNames.REQUESTS_RUNNING, (Gauge<Integer>) () -> running);
        group.gauge(MetricNames.REQUESTS_WAITING, (Gauge<Integer>) () -> waiting);
        group.gauge(MetricNames.REQUESTS_OPEN, (Gauge<Integer>) () -> open);
        group.gauge(MetricNames.REQUESTS_ENDING, (Gauge<Integer>) () -> ending);
        group.gauge(MetricNames.EARLY_EVENTS, (Gauge<Integer>) () -> earlyEvents);
        group.gauge(MetricNames.STATE_SLOT_USAGE, (Gauge<Double>) () -> (double) running / slots);
        group.gauge(MetricNames.STATE_BYTES, (Gauge<Long>) () -> (long) running * stateBytes);
        group.gauge(MetricNames.DEVICE_MEMORY, (Gauge<Long>) () -> deviceBytes);
        deviceBusy = group.gauge(MetricNames.DEVICE_BUSY, new TimerGauge());
        promptTokens = group.counter(MetricNames.PROMPT_TOKENS);
        generationTokens = group.counter(MetricNames.GENERATION_TOKENS);
        prefixCacheQueries = group.counter(MetricNames.PREFIX_CACHE_QUERIES);
        prefixCacheHits = group.counter(MetricNames.PREFIX_CACHE_HITS);
        restoredRequests = group.counter(MetricNames.RESTORED_REQUESTS);
        recomputedTokens = group.counter(MetricNames.RECOMPUTED_TOKENS);
        droppedFinished = counter(MetricNames.DROPPED_EVENTS, "finished");
        droppedDuplicate = counter(MetricNames.DROPPED_EVENTS, "duplicate");
        droppedEarly = counter(MetricNames.DROPPED_EVENTS, "early");
        invalid = counter(MetricNames.DEAD_LETTERS, RejectedRecord.Reason.INVALID);
        cutOffAtLimit = counter(MetricNames.SEGMENTS_CUT_OFF, "limit");
        cutOffForRepetition = counter(MetricNames.SEGMENTS_CUT_OFF, "repetition");
        for (FinishReason reason : FinishReason.values()) {
            finished.put(
                    reason,
                    group.addGroup(MetricNames.FINISH_REASON, reason.label())
                            .counter(MetricNames.REQUESTS_FINISHED));
        }
        timeToFirstToken = histogram(MetricNames.TIME_TO_FIRST_TOKEN);
        timeToFirstChunk = histogram(MetricNames.TIME_TO_FIRST_CHUNK);
        interTokenLatency = histogram(MetricNames.INTER_TOKEN_LATENCY);
        queueTime = histogram(MetricNames.QUEUE_TIME);
        prefillTime = histogram(MetricNames.PREFILL_TIME);
        decodeTime = histogram(MetricNames.DECODE_TIME);
        e2eLatency = histogram(MetricNames.E2E_LATENCY);
        batchSize = histogram(MetricNames.BATCH_SIZE);
        stepTime = histogram(MetricNames.STEP_TIME);
        sampleTime = histogram(MetricNames.SAMPLE_TIME);
        audioRtf = histogram(MetricNames.AUDIO_RTF);
        snapshotTime = histogram(MetricNames.SNAPSHOT_TIME);
        audioUnderrun = histogram(MetricNames.AUDIO_UNDERRUN);
        firstChunkOk = group.counter(MetricNames.FIRST_CHUNK_OK);
        firstChunkTotal = group.counter(MetricNames.FIRST_CHUNK_TOTAL);
        continuityOk = group.counter(MetricNames.CONTINUITY_OK);
        continuityTotal = group.counter(MetricNames.CONTINUITY_TOTAL);
    }

    private Counter counter(String name, String reason) {
        return group.addGroup(MetricNames.REASON, reason).counter(name);
    }

    private Histogram histogram(String name) {
        return group.histogram(name, new DescriptiveStatisticsHistogram(WINDOW));
    }

    /** Is told by the engine's own thread when it computes. */
    TimerGauge deviceBusy() {
        return deviceBusy;
    }

    /** Publishes how many requests run and wait; cheap, called after every change. */
    void occupancy(
            int runningRequests,
            int waitingRequests,
            int openRequests,
            int endingRequests,
            int heldEarlyEvents) {
        running = runningRequests;
        waiting = waitingRequests;
        open = openRequests;
        ending = endingRequests;
        earlyEvents = heldEarlyEvents;
        if (runningRequests == 0) {
            rate.rest(nanos.nanoTime());
        }
    }

    void restored(int requests) {
        restoredRequests.inc(requests);
    }

    /**
     * A request has ended.
     *
     * @param arm side of an experiment that it is on, null if on none
     */
    void finished(FinishReason reason, String arm) {
        finished.get(reason).inc();
        if (arm != null) {
            arm(arm).finished(reason);
        }
    }

    /** Share of the latest first chunks that missed their objective, 0 to 1. */
    double missedFirstChunks() {
        return lateChunks.share(nanos.nanoTime());
    }

    private ArmMetrics arm(String label) {
        return arms.computeIfAbsent(
                label, key -> new ArmMetrics(group.addGroup(MetricNames.ARM, key)));
    }

    void droppedFinished() {
        droppedFinished.inc();
    }

    void droppedDuplicate() {
        droppedDuplicate.inc();
    }

    void droppedEarly() {
        droppedEarly.inc();
    }

    void deadLetter() {
        invalid.inc();
    }

    void snapshotTaken(long nanos) {
        snapshotTime.update(millis(nanos));
    }

    @Override
    public void admitted(RequestClock clock) {
        rate.work(nanos.nanoTime());
        queueTime.update(millis(clock.queueNanos()));
    }

    @Override
    public void recomputing(int tokens) {
        recomputedTokens.inc(tokens);
    }

    @Override
    public void prefixLookedUp(int tokens, int known) {
        prefixCacheQueries.inc(tokens);
        prefixCacheHits.inc(known);
    }

    @Override
    public void prefilled(int tokens) {
        promptTokens.inc(tokens);
    }

    @Override
    public void stepped(int rows, long nanos) {
        batchSize.update(rows);
        stepTime.update(millis(nanos));
        logProgress();
    }

    @Override
    public void sampled(long nanos) {
        sampleTime.update(nanos / 1_000);
    }

    @Override
    public void semanticToken(long sincePreviousNanos) {
        generationTokens.inc();
        if (sincePreviousNanos > 0) {
            interTokenLatency.update(millis(sincePreviousNanos));
        }
    }

    @Override
    public void firstChunk(SpeechRequest request, RequestClock clock) {
        FirstChunkEvent.commit(request, clock);
        timeToFirstToken.update(millis(clock.firstTokenNanos()));
        timeToFirstChunk.update(millis(clock.firstChunkNanos()));
        firstChunkTotal.inc();
        boolean late = clock.firstChunkNanos() > firstChunkObjectiveNanos;
        if (!late) {
            firstChunkOk.inc();
        }
        lateChunks.add(late, nanos.nanoTime());
        String arm = request.terms().arm();
        if (arm != null) {
            arm(arm).firstChunk(millis(clock.firstChunkNanos()));
        }
    }

    @Override
    public void cutOff(boolean ranAway) {
        (ranAway ? cutOffForRepetition : cutOffAtLimit).inc();
    }

    @Override
    public void finished(RequestClock clock, String arm) {
        e2eLatency.update(millis(clock.totalNanos()));
        if (clock.anyToken()) {
            prefillTime.update(millis(clock.prefillNanos()));
            decodeTime.update(millis(clock.decodeNanos()));
            audioUnderrun.update(millis(clock.underrunNanos()));
            continuityTotal.inc();
            if (clock.underrunNanos() <= CONTINUOUS_NANOS) {
                continuityOk.inc();
            }
            double audioSeconds = clock.tokensOut() / GenerationLimits.TOKENS_PER_SECOND;
            long rtfPerMille = Math.round(clock.totalNanos() / 1e6 / audioSeconds);
            audioRtf.update(rtfPerMille);
            if (arm != null) {
                arm(arm).audioRtf(rtfPerMille);
            }
        }
    }

    private void logProgress() {
        long now = nanos.nanoTime();
        if (!rate.due(now)) {
            return;
        }
        LOG.info(
                "Running: {}, waiting: {}, slots: {} %, generation: {} tok/s, RTF p50 {}",
                running,
                waiting,
                100 * running / slots,
                Math.round(rate.next(generationTokens.getCount(), now)),
                audioRtf.getStatistics().getQuantile(0.5) / 1_000);
    }

    private static long millis(long nanos) {
        return Math.round(nanos / 1e6);
    }
}
