package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.RecordedLog;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the control topic makes of a task's log: its lines, and its level. */
class ControlLoggingTest {

    private static final long WRITTEN = 1_000_000;
    private static final long NOW = WRITTEN + 10_000;

    private final ScriptedControlLog log = new ScriptedControlLog().knownAtStart(WRITTEN);

    private SynthesizeHarness.Builder task(long startAtMs) {
        return new SynthesizeHarness.Builder().control(log::open).startAt(startAtMs);
    }

    /** As when the replicas of the topic are behind, or the broker's clock is. */
    @Test
    void testRecordThatCouldNotBeReadInTimeIsTold() throws Exception {
        try (RecordedLog recorded = new RecordedLog(Level.WARN);
                SynthesizeHarness task = task(NOW).open()) {
            log.show(NOW);
            task.runMail();
            log.write(NOW - 3_000, "tts.queue.capacity", "{\"value\": 7}");
            log.write(NOW - 3_001, "tts.queue.capacity", "{\"value\": 8}");
            log.show(NOW + 1);
            task.runMail();
            assertThat(recorded.lines())
                    .singleElement()
                    .asString()
                    .contains("Record 1 of the control topic is late");
        }
    }

    /** A record at a time, or many: each subtask would fill the log of its TaskManager. */
    @ParameterizedTest
    @CsvSource({"500, 1", "10, 500"})
    void testFloodOfRecordsThatAreLateAndRefusedIsFewLines(int batches, int records)
            throws Exception {
        try (RecordedLog recorded = new RecordedLog(Level.WARN);
                SynthesizeHarness task = task(NOW).open()) {
            log.show(NOW);
            task.runMail();
            flood(task, batches, records);
            assertThat(recorded.lines()).hasSizeLessThanOrEqualTo(4);
            task.setTime(NOW + RareLine.PAUSE.toMillis());
            flood(task, 1, 1);
            assertThat(recorded.lines())
                    .hasSizeLessThanOrEqualTo(8)
                    .filteredOn(line -> line.contains("is late"))
                    .hasSize(2);
            assertThat(recorded.lines())
                    .filteredOn(line -> line.contains("is refused"))
                    .hasSize(2)
                    .allMatch(line -> line.contains("tts.queue.capacity is 0"));
            // All are told of in the end, if not one by one.
            assertThat(counts(recorded, "late")).isEqualTo(batches * records - 1);
            assertThat(counts(recorded, "refused")).isEqualTo(batches * records - 1);
        }
    }

    private void flood(SynthesizeHarness task, int batches, int records) throws Exception {
        for (int batch = 0; batch < batches; batch++) {
            for (int i = 0; i < records; i++) {
                log.write(WRITTEN, "tts.queue.capacity", "{\"value\": 0}");
            }
            log.show(NOW);
            task.runMail();
        }
    }

    /** The sum of the lines that count records which have no line of their own. */
    private static int counts(RecordedLog recorded, String what) {
        Pattern counted = Pattern.compile("(\\d+) more records of the control topic are " + what);
        return recorded.lines().stream()
                .map(counted::matcher)
                .filter(Matcher::find)
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .sum();
    }

    /** The task that set it is gone with all that it knew, but not the process. */
    @Test
    void testTaskBeginsWithTheLevelThatLoggingIsConfiguredWith() throws Exception {
        Level before = LogManager.getLogger(SynthesizeOperator.class).getLevel();
        log.write(WRITTEN, "tts.log.level", "{\"value\": \"TRACE\"}");
        try (SynthesizeHarness task = task(WRITTEN).open()) {
            assertThat(LogManager.getLogger(SynthesizeOperator.class).getLevel())
                    .isEqualTo(Level.TRACE);
        }
        log.write(WRITTEN, "tts.log.level", "{\"value\": null}");
        try (SynthesizeHarness task = task(WRITTEN).open()) {
            assertThat(LogManager.getLogger(SynthesizeOperator.class).getLevel()).isEqualTo(before);
        }
    }
}
