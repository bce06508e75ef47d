package io.rwkvtts.operator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The values that options were given while the job runs, in the order in which they are to be
 * looked at: by the timestamps from which they hold, then as they came. Immutable.
 *
 * <p>A value replaces those of its option that hold from the same time on or later; one that is
 * tried leaves that for all from the same time. Earlier ones stay for requests that are read late,
 * for {@link #KEPT}: what held then, of all options, holds for all earlier requests.
 */
public final class SwitchTable {

    /** Nothing was changed. */
    public static final SwitchTable EMPTY = new SwitchTable(List.of());

    /** Values of an option that there may be: about one in ten minutes. */
    static final int MOST_OF_AN_OPTION = 1_000;

    /** How long an earlier value is kept for requests that are read late: Kafka's usual memory. */
    static final Duration KEPT = Duration.ofDays(7);

    /** From when a value holds before which others are forgotten; no request is older. */
    static final long BEGINNING_MS = 0;

    private static final Comparator<SwitchValue> ORDER =
            Comparator.comparingLong(value -> value.byTimestamp() ? value.effectiveFromMs() : 0);

    private final List<SwitchValue> values;

    private SwitchTable(List<SwitchValue> values) {
        this.values = values;
    }

    /** The table of these values, in the order in which they came. */
    static SwitchTable of(List<SwitchValue> values) {
        List<SwitchValue> sorted = new ArrayList<>(values);
        sorted.sort(ORDER);
        return new SwitchTable(List.copyOf(sorted));
    }

    /** All values. */
    public List<SwitchValue> values() {
        return values;
    }

    /**
     * This table and a value that has come.
     *
     * @param writtenMs when it was written, epoch milliseconds
     * @throws IllegalArgumentException if an experiment would have two shares, or the option more
     *     than {@link #MOST_OF_AN_OPTION} values
     */
    public SwitchTable with(SwitchValue added, long writtenMs) {
        List<SwitchValue> kept = new ArrayList<>();
        for (SwitchValue value : values) {
            if (!replaces(added, value)) {
                kept.add(value);
            }
        }
        kept.add(added);
        requireOneShare(kept);
        SwitchTable next = of(kept).since(writtenMs - KEPT.toMillis());
        next.requireRoomFor(added.key());
        return next;
    }

    private static boolean replaces(SwitchValue added, SwitchValue value) {
        if (!value.key().equals(added.key())) {
            return false;
        }
        if (!added.byTimestamp()) {
            return true;
        }
        boolean stays = added.trial() != null && value.trial() == null;
        return stays
                ? value.effectiveFromMs() > added.effectiveFromMs()
                : value.effectiveFromMs() >= added.effectiveFromMs();
    }

    private void requireRoomFor(String key) {
        if (values.stream().filter(value -> value.key().equals(key)).count() > MOST_OF_AN_OPTION) {
            throw new IllegalArgumentException(
                    "%s has been changed %d times in %d days: expected no more"
                            .formatted(key, MOST_OF_AN_OPTION, KEPT.toDays()));
        }
    }

    /** This table without the values before a time; what holds then holds from the beginning. */
    private SwitchTable since(long ms) {
        Map<String, SwitchValue> forAll = new LinkedHashMap<>();
        Map<String, SwitchValue> tried = new LinkedHashMap<>();
        List<SwitchValue> later = new ArrayList<>();
        for (SwitchValue value : values) {
            if (!value.byTimestamp() || value.effectiveFromMs() > ms) {
                later.add(value);
            } else if (value.trial() != null) {
                tried.put(value.key(), value.from(BEGINNING_MS));
            } else {
                tried.remove(value.key());
                forAll.put(value.key(), value.from(BEGINNING_MS));
            }
        }
        List<SwitchValue> all = new ArrayList<>(forAll.values());
        all.addAll(tried.values());
        all.addAll(later);
        return of(all);
    }

    private static void requireOneShare(List<SwitchValue> values) {
        Map<String, Double> shares = new HashMap<>();
        for (SwitchValue value : values) {
            Trial trial = value.trial();
            if (trial == null) {
                continue;
            }
            double share = shares.computeIfAbsent(trial.experiment(), name -> trial.share());
            if (share != trial.share()) {
                throw new IllegalArgumentException(
                        "experiment %s has the share %s already, and is to have %s: expected the same, or another name, as a report takes all requests of a name together"
                                .formatted(trial.experiment(), share, trial.share()));
            }
        }
    }

    /** Values of options that count for all requests. */
    Map<String, String> now() {
        Map<String, String> now = new HashMap<>();
        for (SwitchValue value : values) {
            if (!value.byTimestamp()) {
                put(value, now);
            }
        }
        return now;
    }

    /**
     * What holds for the requests of a timestamp.
     *
     * @param timestampMs epoch milliseconds
     */
    Held at(long timestampMs) {
        Map<String, String> all = new HashMap<>();
        Map<String, SwitchValue> tried = new HashMap<>();
        for (SwitchValue value : values) {
            if (!value.byTimestamp() || value.effectiveFromMs() > timestampMs) {
                continue;
            }
            if (value.trial() != null) {
                tried.put(value.key(), value);
            } else {
                tried.remove(value.key());
                put(value, all);
            }
        }
        Map<String, String> treated = new HashMap<>(all);
        tried.values().forEach(value -> put(value, treated));
        return new Held(all, treated, trial(tried));
    }

    private static Trial trial(Map<String, SwitchValue> tried) {
        List<Trial> trials = tried.values().stream().map(SwitchValue::trial).distinct().toList();
        if (trials.size() > 1) {
            throw new IllegalArgumentException(
                    "values are tried on %s at the same time: expected one experiment with one share"
                            .formatted(trials));
        }
        return trials.isEmpty() ? null : trials.get(0);
    }

    private static void put(SwitchValue value, Map<String, String> values) {
        if (value.value() == null) {
            values.remove(value.key());
        } else {
            values.put(value.key(), value.value());
        }
    }

    /** The timestamps from which on something else holds, not before {@code ms}. */
    List<Long> changesFrom(long ms) {
        TreeSet<Long> changes = new TreeSet<>();
        for (SwitchValue value : values) {
            if (value.byTimestamp() && value.effectiveFromMs() >= ms) {
                changes.add(value.effectiveFromMs());
            }
        }
        return List.copyOf(changes);
    }

    /**
     * What holds at a time.
     *
     * @param all values for requests that nothing is tried on, by key
     * @param treated values for those that something is tried on
     * @param trial which those are; null if nothing is tried
     */
    record Held(Map<String, String> all, Map<String, String> treated, Trial trial) {

        /** The values for a request. */
        Map<String, String> of(String requestId) {
            return isTreated(requestId) ? treated : all;
        }

        /** The side of an experiment that a request is on, null if there is none. */
        String arm(String requestId) {
            return trial == null ? null : trial.arm(isTreated(requestId));
        }

        private boolean isTreated(String requestId) {
            return trial != null && trial.treats(requestId);
        }
    }
}
