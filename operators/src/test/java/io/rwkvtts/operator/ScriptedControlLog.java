package io.rwkvtts.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A control topic of a test, which says when it is read and how far. It outlives the tasks that
 * read it, as a topic does.
 */
final class ScriptedControlLog implements Serializable {

    private static final Map<Integer, ScriptedControlLog> LOGS = new ConcurrentHashMap<>();
    private static final ControlBatch FAILURE = new ControlBatch(List.of(), null, 0);

    private final int number = LOGS.size();
    private final transient List<ControlRecord> records = new ArrayList<>();
    private transient Reader latest;
    private transient long knownAtStartMs;
    private transient boolean unreadableAtStart;

    ScriptedControlLog() {
        LOGS.put(number, this);
    }

    /** Opens the log for a task, which reads at once what it knows at its start. */
    ControlLog open(ControlPosition position) {
        ScriptedControlLog log = LOGS.get(number);
        log.latest = log.new Reader(log.topic().equals(position.topic()) ? position.offset() : 0);
        if (log.unreadableAtStart) {
            log.latest.wakeup();
        } else {
            log.latest.show(log.knownAtStartMs);
        }
        return log.latest;
    }

    /** The first read of a task that starts fails; the next ones wait for {@link #show}. */
    ScriptedControlLog unreadableAtStart() {
        unreadableAtStart = true;
        return this;
    }

    private String topic() {
        return "scripted/" + number;
    }

    /** Until when all that is written is known to a task that starts. */
    ScriptedControlLog knownAtStart(long untilMs) {
        knownAtStartMs = untilMs;
        return this;
    }

    /** Writes a record, which no task reads by that alone. */
    ScriptedControlLog write(long timestampMs, String key, String value) {
        records.add(
                new ControlRecord(
                        records.size(),
                        timestampMs,
                        key == null ? null : key.getBytes(UTF_8),
                        value == null ? null : value.getBytes(UTF_8)));
        return this;
    }

    /** Has the task read on: a mail brings it all that is written until a time. */
    void show(long knownUntilMs) {
        latest.show(knownUntilMs);
    }

    private final class Reader implements ControlLog {
        private final BlockingQueue<ControlBatch> batches = new ArrayBlockingQueue<>(10);
        private long position;

        Reader(long position) {
            this.position = position;
        }

        void show(long knownUntilMs) {
            int from = (int) position;
            while (position < records.size()
                    && records.get((int) position).timestampMs() <= knownUntilMs) {
                position++;
            }
            batches.add(
                    new ControlBatch(
                            List.copyOf(records.subList(from, (int) position)),
                            new ControlPosition(topic(), position),
                            knownUntilMs));
        }

        @Override
        public ControlBatch read() throws IOException {
            try {
                ControlBatch batch = batches.take();
                if (batch == FAILURE) {
                    throw new IOException("not to be read");
                }
                return batch;
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void wakeup() {
            batches.add(FAILURE);
        }

        @Override
        public void close() {}
    }
}
