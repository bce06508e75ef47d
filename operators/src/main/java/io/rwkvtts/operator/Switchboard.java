package io.rwkvtts.operator;

import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.synthesis.RequestTerms;
import io.rwkvtts.synthesis.SegmentLimits;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The switches of a subtask as the control topic has them so far, and the terms of requests by
 * them.
 *
 * <p>A request's terms follow from its own timestamp. A record holds from {@link ControlRules#LEAD}
 * after it was written at the earliest, and no terms are decided before all is read that was
 * written until then: so they are the same whenever they are decided. A timestamp further ahead of
 * this machine's clock counts as now, lest a sender whose clock is wrong waits for it.
 *
 * <p>Owns: the table of the switches and its copy in the state. Lifecycle: made in {@code open},
 * which lets it {@link #catchUp}. For the task thread.
 */
final class Switchboard implements TermsPolicy {
    private static final Logger LOG = LoggerFactory.getLogger(Switchboard.class);

    /** By this much the clocks of senders, brokers and this machine may disagree. */
    static final Duration CLOCKS = Duration.ofSeconds(3);

    /** A task that starts reads the topic for no longer before it takes up its work. */
    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    private static final long NOTICE_MS = ControlRules.LEAD.minus(CLOCKS).toMillis();

    private final ControlRules rules;
    private final SwitchState state;
    private final Consumer<Map<String, String>> apply;
    private final ControlMetrics metrics;
    private final NanoClock nanos;
    private final RareLine lateLine;
    private final RareLine refusedLine;
    private final Map<Map<String, String>, GenerationSettings> known = new HashMap<>();
    private SwitchTable table;
    private ControlPosition position;
    private long knownUntilMs = ControlBatch.UNKNOWN;

    /**
     * @param apply takes the values that count for all requests, by key, when they have changed
     */
    Switchboard(
            ControlRules rules,
            SwitchState state,
            Consumer<Map<String, String>> apply,
            ControlMetrics metrics,
            NanoClock nanos)
            throws Exception {
        this.rules = rules;
        this.state = state;
        this.apply = apply;
        this.metrics = metrics;
        this.nanos = nanos;
        this.lateLine = new RareLine(nanos);
        this.refusedLine = new RareLine(nanos);
        this.position = state.position();
        this.table = possible(state.table());
        apply.accept(table.now());
    }

    /**
     * What a saved table holds that the options of this job allow: all of it, unless they are other
     * options than before. Values that depend on later ones may then be lost with these.
     */
    private SwitchTable possible(SwitchTable saved) {
        try {
            rules.check(saved);
            return saved;
        } catch (IllegalArgumentException e) {
            LOG.warn(
                    "The control topic's values do not all go with the options of this start: {}",
                    e.getMessage());
        }
        SwitchTable possible = SwitchTable.EMPTY;
        for (SwitchValue value : saved.values()) {
            try {
                possible = rules.add(value, 0, possible);
            } catch (IllegalArgumentException e) {
                LOG.warn("The control topic's {} is forgotten: {}", told(value), e.getMessage());
            }
        }
        return possible;
    }

    /**
     * Reads the topic to its end, so that the first requests need not wait. If that is not possible
     * now, those that have their terms go on all the same, and new ones wait.
     */
    void catchUp(ControlLog log) throws Exception {
        long start = nanos.nanoTime();
        try {
            while (!caughtUp() && nanos.nanoTime() - start < CATCH_UP.toNanos()) {
                take(log.read());
            }
        } catch (IOException e) {
            LOG.warn(
                    "The control topic cannot be read now, so new requests wait: {}",
                    e.getMessage());
            return;
        }
        if (!caughtUp()) {
            LOG.warn(
                    "The control topic's end was not reached in {} s, so new requests wait until it is",
                    CATCH_UP.toSeconds());
        }
    }

    /** Where to read on. */
    ControlPosition position() {
        return position;
    }

    /** Whether the end of the topic was reached since the start. */
    boolean caughtUp() {
        return knownUntilMs != ControlBatch.UNKNOWN;
    }

    /** Takes in what was read of the topic. */
    void take(ControlBatch batch) throws Exception {
        SwitchTable before = table;
        if (!batch.position().topic().equals(position.topic())) {
            forget(batch.position().topic());
        }
        for (ControlRecord record : batch.records()) {
            if (caughtUp() && record.timestampMs() < knownUntilMs - CLOCKS.toMillis()) {
                late(record);
            }
            take(record);
        }
        warnOfOthers(lateLine.takeUntold(), "late");
        warnOfOthers(refusedLine.takeUntold(), "refused");
        if (!batch.position().equals(position)) {
            position = batch.position();
            state.save(table, position);
        }
        knownUntilMs = Math.max(knownUntilMs, batch.knownUntilMs());
        metrics.known(knownUntilMs, table.values().size());
        if (!table.now().equals(before.now())) {
            apply.accept(table.now());
        }
    }

    private void forget(String topic) {
        if (!table.values().isEmpty()) {
            LOG.warn(
                    "The control topic is {}, and no longer {}: the values of that are forgotten",
                    topic,
                    position.topic());
        }
        table = SwitchTable.EMPTY;
        known.clear();
    }

    /** The topic seemed to be known until later than it was. */
    private void late(ControlRecord record) {
        metrics.late();
        if (!lateLine.tell()) {
            return;
        }
        LOG.warn(
                "Record {} of the control topic is late: it was written at {}, and at {} it could not be read yet. Either the clocks of the broker and this machine disagree by more than {} s, or the topic's replicas were behind. Requests that came since may have been decided without it, and otherwise after a fault",
                record.offset(),
                Instant.ofEpochMilli(record.timestampMs()),
                Instant.ofEpochMilli(knownUntilMs),
                CLOCKS.toSeconds());
    }

    private void take(ControlRecord record) {
        try {
            SwitchValue value = ControlRules.read(record);
            table = rules.add(value, record.timestampMs(), table);
            known.clear();
            metrics.accepted();
            LOG.info("Record {} of the control topic is taken: {}", record.offset(), told(value));
        } catch (IllegalArgumentException e) {
            metrics.refused();
            if (refusedLine.tell()) {
                LOG.warn(
                        "Record {} of the control topic is refused and changes nothing: {}",
                        record.offset(),
                        e.getMessage());
            }
        }
    }

    /** One has a line of its own; a flood of them does not fill the log. */
    private static void warnOfOthers(int count, String what) {
        if (count > 0) {
            LOG.warn("{} more records of the control topic are {}", count, what);
        }
    }

    private static String told(SwitchValue value) {
        return value.key() + " " + SwitchJson.write(value);
    }

    @Override
    public RequestTerms decide(String id, long timestampMs, long nowMs) {
        long atMs = timestampMs > nowMs + CLOCKS.toMillis() ? nowMs : timestampMs;
        if (!caughtUp() || knownUntilMs < atMs - NOTICE_MS) {
            return null;
        }
        SwitchTable.Held held = table.at(atMs);
        GenerationSettings settings = known.computeIfAbsent(held.of(id), rules::generation);
        return new RequestTerms(
                settings.chunks(),
                new SegmentLimits(settings.limits(), settings.capByText()),
                held.arm(id),
                0);
    }
}
