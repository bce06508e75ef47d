package io.rwkvtts.operator.audio;

import io.rwkvtts.operator.MetricNames;
import java.util.function.IntSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** Counts and times what the {@link DecodeAudioOperator} does; updated by the task thread. */
final class AudioMetrics {

    /** Values that a histogram keeps: a sliding window. */
    private static final int WINDOW = 1_000;

    private final Counter audioMs;
    private final Counter failures;
    private final Histogram decodeTime;

    /** Milliseconds are counted whole; what is less is kept for the next time, in samples. */
    private long samplesLeft;

    /**
     * @param waiting requests that wait to be decoded; may be read by other threads
     */
    AudioMetrics(MetricGroup operatorGroup, IntSupplier waiting) {
        MetricGroup group = operatorGroup.addGroup(MetricNames.GROUP);
        audioMs = group.counter(MetricNames.AUDIO_MS);
        failures = group.counter(MetricNames.AUDIO_FAILURES);
        decodeTime =
                group.histogram(
                        MetricNames.DECODE_AUDIO_TIME, new DescriptiveStatisticsHistogram(WINDOW));
        group.gauge(MetricNames.AUDIO_WAITING, (Gauge<Integer>) waiting::getAsInt);
    }

    void decoded(int samples, int sampleRate, long nanos) {
        samplesLeft += samples;
        long millis = samplesLeft * 1_000 / sampleRate;
        samplesLeft -= millis * sampleRate / 1_000;
        audioMs.inc(millis);
        decodeTime.update(Math.round(nanos / 1e6));
    }

    void failed() {
        failures.inc();
    }
}
