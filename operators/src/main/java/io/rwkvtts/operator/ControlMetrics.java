package io.rwkvtts.operator;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * What a subtask has read of the control topic. There only where a job has one.
 *
 * <p>Updated by the task thread, read by reporters.
 */
final class ControlMetrics {
    private final Counter accepted;
    private final Counter refused;
    private final Counter late;
    private volatile long knownUntilMs = ControlBatch.UNKNOWN;
    private volatile int values;
    private volatile int awaitingTerms;

    ControlMetrics(MetricGroup operatorGroup) {
        MetricGroup group = operatorGroup.addGroup(MetricNames.GROUP);
        accepted = group.counter(MetricNames.CONTROL_RECORDS_TAKEN);
        refused = group.counter(MetricNames.CONTROL_RECORDS_REFUSED);
        late = group.counter(MetricNames.CONTROL_RECORDS_LATE);
        group.gauge(MetricNames.CONTROL_VALUES, (Gauge<Integer>) () -> values);
        group.gauge(MetricNames.CONTROL_WAITING, (Gauge<Integer>) () -> awaitingTerms);
        group.gauge(MetricNames.CONTROL_AGE, (Gauge<Long>) this::ageMs);
    }

    private long ageMs() {
        long until = knownUntilMs;
        return until == ControlBatch.UNKNOWN ? -1 : System.currentTimeMillis() - until;
    }

    void awaitingTerms(int requests) {
        awaitingTerms = requests;
    }

    void accepted() {
        accepted.inc();
    }

    void refused() {
        refused.inc();
    }

    void late() {
        late.inc();
    }

    void known(long untilMs, int switchValues) {
        knownUntilMs = untilMs;
        values = switchValues;
    }
}
