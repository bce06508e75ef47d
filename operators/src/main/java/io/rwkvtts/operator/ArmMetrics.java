package io.rwkvtts.operator;

import io.rwkvtts.synthesis.FinishReason;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * The requests on one side of an experiment, by the names that they have among all. There from the
 * first such request on.
 *
 * <p>Updated by the task thread.
 */
final class ArmMetrics {

    /** Values that a histogram keeps: a sliding window. */
    private static final int WINDOW = 1_000;

    private final MetricGroup group;
    private final Histogram timeToFirstChunk;
    private final Histogram audioRtf;
    private final Map<FinishReason, Counter> finished = new EnumMap<>(FinishReason.class);

    ArmMetrics(MetricGroup group) {
        this.group = group;
        timeToFirstChunk =
                group.histogram(
                        MetricNames.TIME_TO_FIRST_CHUNK,
                        new DescriptiveStatisticsHistogram(WINDOW));
        audioRtf =
                group.histogram(MetricNames.AUDIO_RTF, new DescriptiveStatisticsHistogram(WINDOW));
    }

    void firstChunk(long millis) {
        timeToFirstChunk.update(millis);
    }

    void audioRtf(long perMille) {
        audioRtf.update(perMille);
    }

    void finished(FinishReason reason) {
        finished.computeIfAbsent(
                        reason,
                        key ->
                                group.addGroup(MetricNames.FINISH_REASON, key.label())
                                        .counter(MetricNames.REQUESTS_FINISHED))
                .inc();
    }
}
