package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.bench.Table;
import io.rwkvtts.operator.ControlRecord;
import io.rwkvtts.operator.ControlRules;
import io.rwkvtts.operator.SwitchTable;
import io.rwkvtts.operator.SwitchValue;
import io.rwkvtts.operator.Trial;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the records of a control topic say, for people. */
final class ControlView {

    private SwitchTable table = SwitchTable.EMPTY;
    private final List<String> refused = new ArrayList<>();

    ControlView(List<ControlRecord> records) {
        for (ControlRecord record : records) {
            try {
                table = table.with(ControlRules.read(record), record.timestampMs());
            } catch (IllegalArgumentException e) {
                refused.add(
                        "record %d (%s) is refused: %s"
                                .formatted(
                                        record.offset(),
                                        record.key() == null
                                                ? "no key"
                                                : new String(record.key(), UTF_8),
                                        e.getMessage()));
            }
        }
    }

    /** The values of some options. */
    List<SwitchValue> values(String key) {
        return table.values().stream().filter(value -> value.key().equals(key)).toList();
    }

    /** All values. */
    List<SwitchValue> values() {
        return table.values();
    }

    /** Records that change nothing, and why. */
    List<String> refused() {
        return refused;
    }

    static void print(List<SwitchValue> values, PrintWriter out) {
        Table shown = new Table("option", "value", "from", "experiment", "share");
        for (SwitchValue value : values) {
            Trial trial = value.trial();
            shown.row(
                    value.key(),
                    value.value() == null ? "(as started)" : value.value(),
                    value.byTimestamp() ? Instant.ofEpochMilli(value.effectiveFromMs()) : "(read)",
                    trial == null ? "-" : trial.experiment(),
                    trial == null ? "-" : trial.share());
        }
        shown.print(out);
    }
}
