package io.rwkvtts.operator;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * What a {@link DegradePlan} does. There only where a job has one.
 *
 * <p>Updated by the task thread, read by reporters.
 */
final class DegradeMetrics {
    private final Counter degraded;
    private volatile LoadLevel load = LoadLevel.NORMAL;

    DegradeMetrics(MetricGroup operatorGroup) {
        MetricGroup group = operatorGroup.addGroup(MetricNames.GROUP);
        group.gauge(MetricNames.LOAD_LEVEL, (Gauge<Integer>) () -> load.ordinal());
        degraded = group.counter(MetricNames.REQUESTS_DEGRADED);
    }

    void load(LoadLevel now) {
        load = now;
    }

    void degraded() {
        degraded.inc();
    }
}
