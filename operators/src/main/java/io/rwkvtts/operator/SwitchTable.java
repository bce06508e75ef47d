package io.rwkvtts.operator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The values that options were given while the job runs, in the order in which they are to be
 * looked at: by the timestamps from which they hold, then as they came. Immutable.
 *
 * <p>A value replaces those of its option that hold from the same time on or later; earlier ones
 * stay for requests that are read late.
 */
public final class SwitchTable {

    /** Nothing was changed. */
    public static final SwitchTable EMPTY = new SwitchTable(List.of());

    /** Values of an option that are kept, whatever their age. */
    static final int MOST_OF_AN_OPTION = 100;

    /** How long an earlier value is kept for requests that are read late: Kafka's usual memory. */
    static final Duration KEPT = Duration.ofDays(7);

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
     * @throws IllegalArgumentException if an experiment would have two shares
     */
    public SwitchTable with(SwitchValue added, long writtenMs) {
        List<SwitchValue> kept = new ArrayList<>();
        List<SwitchValue> ofOption = new ArrayList<>();
        for (SwitchValue value : values) {
            if (!value.key().equals(added.key())) {
                kept.add(value);
            } else if (added.byTimestamp() && value.effectiveFromMs() < added.effectiveFromMs()) {
                ofOption.add(value);
            }
        }
        kept.addAll(withoutOld(ofOption, writtenMs));
        kept.add(added);
        requireOneShare(kept);
        return of(kept);
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

    /** Values of one option without those that were replaced long ago, and not too many. */
    private static List<SwitchValue> withoutOld(List<SwitchValue> ofOption, long writtenMs) {
        long oldMs = writtenMs - KEPT.toMillis();
        int first = Math.max(0, ofOption.size() - MOST_OF_AN_OPTION + 1);
        for (int i = first; i < ofOption.size(); i++) {
            SwitchValue value = ofOption.get(i);
            if (value.effectiveFromMs() <= oldMs && value.trial() == null) {
                first = i;
            }
        }
        return ofOption.subList(first, ofOption.size());
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
