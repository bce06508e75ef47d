package io.rwkvtts.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.client.ConsumerRule.Join;
import io.rwkvtts.client.ConsumerRule.Taken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * The rule over every log that the runs of a job can leave in a partition.
 *
 * <p>The model of a log. A request has some chunks and an end. Each run of the job writes its
 * records in order, from a checkpoint on. Batches of a run may expire, so that any of its records
 * may be missing; the next run then starts from a checkpoint at or before the first one that is,
 * since no later checkpoint can complete. A run that was replaced may continue to write, its
 * records mixed with those of its successors (a zombie). A run may end the request by a clock,
 * anywhere beyond its start: a cancellation or a deadline. The last run loses nothing. All runs
 * write the same bytes for a sequence.
 */
class ConsumerRulePropertiesTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration WINDOW = Duration.ofHours(100);
    private static final HoldLimits LIMITS = new HoldLimits(TIMEOUT, 10_000, 1_000_000);

    private record Written(long sequence, boolean end) {}

    /** A log, and what it was made from. */
    private static final class Log {
        private final List<Written> records = new ArrayList<>();
        private long chunks;
        private long earliestClockEnd = Long.MAX_VALUE;
        private boolean clockEnds;
    }

    @Property(tries = 20_000)
    void testRequestIsTakenOnceWholeAndInOrder(@ForAll long seed) {
        Log log = log(new Random(seed), 1 + Math.floorMod(seed, 5));
        ConsumerRule<Written> rule = rule(Join.BEFORE_REQUESTS);

        List<Taken<Written>> taken = read(rule, log.records);

        assertThat(taken).allMatch(record -> record.missing() == 0);
        requireConsecutive(taken);
        Written last = taken.get(taken.size() - 1).record();
        assertThat(last.end()).isTrue();
        long least = Math.min(log.chunks, log.earliestClockEnd);
        assertThat(taken.size() - 1L).isBetween(least, log.chunks);
        assertThat(rule.waiting()).isZero();
    }

    /** What is dropped at a limit comes again with the missing record. */
    @Property(tries = 20_000)
    void testNothingIsLostByTheBoundsOfWhatIsHeld(@ForAll long seed) {
        Random random = new Random(seed);
        Log log = log(random, 1 + random.nextInt(5));
        HoldLimits limits = new HoldLimits(TIMEOUT, 1 + random.nextInt(3), 250);
        ConsumerRule<Written> rule = new ConsumerRule<>(Join.BEFORE_REQUESTS, limits, WINDOW);

        List<Taken<Written>> taken = read(rule, log.records);

        assertThat(taken).allMatch(record -> record.missing() == 0);
        requireConsecutive(taken);
        assertThat(taken.get(taken.size() - 1).record().end()).isTrue();
        long least = Math.min(log.chunks, log.earliestClockEnd);
        assertThat(taken.size() - 1L).isBetween(least, log.chunks);
    }

    /** A consumer that is less patient than the job: it loses only what it reports. */
    @Property(tries = 20_000)
    void testWhatIsGivenUpIsReported(@ForAll long seed) {
        Random random = new Random(seed);
        Log log = log(random, 1 + random.nextInt(5));
        ConsumerRule<Written> rule = rule(Join.BEFORE_REQUESTS);

        List<Taken<Written>> taken = new ArrayList<>();
        long now = 0;
        for (Written record : log.records) {
            rule.receive("a", record.sequence(), record.end(), record, 100, now, taken::add);
            for (int polls = random.nextInt(120); polls > 0; polls--) {
                now += 1_000;
                rule.expire(now, taken::add);
            }
        }

        pass(rule, now, taken);

        long next = 0;
        for (Taken<Written> record : taken) {
            boolean end = record.record().end();
            assertThat(end).isEqualTo(record == taken.get(taken.size() - 1));
            long sequence = record.record().sequence();
            if (end && record.missing() == 0) {
                assertThat(sequence).isLessThanOrEqualTo(next);
            } else {
                assertThat(sequence).isEqualTo(next + record.missing());
            }
            next = sequence + 1;
        }
        assertThat(taken.get(taken.size() - 1).record().end()).isTrue();
        assertThat(rule.waiting()).isZero();
    }

    /** Retention, a record that cannot be read: nobody repeats it. */
    @Property(tries = 5_000)
    void testRecordThatIsMissingForEverCostsItselfAndATimeout(@ForAll long seed) {
        Random random = new Random(seed);
        Log log = log(random, 2);
        long gone = random.nextInt((int) log.chunks);
        log.records.removeIf(record -> record.sequence() == gone && !record.end());
        ConsumerRule<Written> rule = rule(Join.BEFORE_REQUESTS);

        List<Taken<Written>> taken = read(rule, log.records);
        pass(rule, 0, taken);

        assertThat(taken.get(taken.size() - 1).record().end()).isTrue();
        assertThat(taken.stream().mapToLong(Taken::missing).sum()).isLessThanOrEqualTo(1);
        List<Long> sequences = chunks(taken);
        assertThat(sequences).isSorted().doesNotHaveDuplicates().doesNotContain(gone);
        if (!log.clockEnds) {
            assertThat(sequences).hasSize((int) log.chunks - 1);
            assertThat(taken.stream().mapToLong(Taken::missing).sum()).isEqualTo(1);
        }
        assertThat(rule.waiting()).isZero();
    }

    @Property(tries = 5_000)
    void testLateJoinerTakesNoRecordTwice(@ForAll long seed) {
        Random random = new Random(seed);
        Log log = log(random, 3);
        int from = random.nextInt(log.records.size());
        ConsumerRule<Written> rule = rule(Join.AMONG_REQUESTS);

        List<Taken<Written>> taken = read(rule, log.records.subList(from, log.records.size()));
        pass(rule, 0, taken);

        assertThat(chunks(taken)).isSorted().doesNotHaveDuplicates();
        assertThat(taken.subList(0, Math.max(0, taken.size() - 1)))
                .noneMatch(record -> record.record().end());
    }

    private static ConsumerRule<Written> rule(Join join) {
        return new ConsumerRule<>(join, LIMITS, WINDOW);
    }

    private static List<Taken<Written>> read(ConsumerRule<Written> rule, List<Written> records) {
        List<Taken<Written>> taken = new ArrayList<>();
        for (Written record : records) {
            rule.receive("a", record.sequence(), record.end(), record, 100, 0, taken::add);
            rule.expire(0, taken::add);
        }
        return taken;
    }

    /** The timeout passes while the consumer polls. */
    private static void pass(ConsumerRule<Written> rule, long now, List<Taken<Written>> taken) {
        for (long second = 0; second <= TIMEOUT.toSeconds(); second++) {
            rule.expire(now + second * 1_000, taken::add);
        }
    }

    private static List<Long> chunks(List<Taken<Written>> taken) {
        return taken.stream()
                .map(Taken::record)
                .filter(record -> !record.end())
                .map(Written::sequence)
                .toList();
    }

    /** Chunks one after the other from the first on, and nothing after the end. */
    private static void requireConsecutive(List<Taken<Written>> taken) {
        long next = 0;
        for (int i = 0; i < taken.size(); i++) {
            Written record = taken.get(i).record();
            if (record.end()) {
                assertThat(i).isEqualTo(taken.size() - 1);
            } else {
                assertThat(record.sequence()).isEqualTo(next++);
            }
        }
    }

    private static Log log(Random random, int runs) {
        Log log = new Log();
        log.chunks = 1 + random.nextInt(12);
        log.clockEnds = random.nextInt(3) == 0;
        List<List<Written>> writers = new ArrayList<>();
        int checkpoint = 0;
        for (int run = 0; run < runs; run++) {
            boolean last = run == runs - 1;
            List<Written> all = whole(log, checkpoint, random);
            List<Written> written = new ArrayList<>();
            long firstMissing = Long.MAX_VALUE;
            for (Written record : all) {
                if (!last && random.nextInt(4) == 0) {
                    firstMissing = Math.min(firstMissing, record.sequence());
                } else {
                    written.add(record);
                }
            }
            // The successor takes over somewhere; what is left may still be written beside it.
            int before = last ? written.size() : random.nextInt(written.size() + 1);
            drain(log, writers, random);
            mix(log, writers, written.subList(0, before), random);
            if (random.nextBoolean()) {
                writers.add(new ArrayList<>(written.subList(before, written.size())));
            }
            long reached = before == 0 ? checkpoint : written.get(before - 1).sequence();
            long limit = Math.min(Math.min(reached, firstMissing), log.chunks);
            checkpoint += random.nextInt((int) Math.max(0, limit - checkpoint) + 1);
        }
        for (List<Written> zombie : writers) {
            log.records.addAll(zombie);
        }
        return log;
    }

    /** Zombies write a few records while nobody else does. */
    private static void drain(Log log, List<List<Written>> writers, Random random) {
        for (List<Written> zombie : writers) {
            for (int count = random.nextInt(3); count > 0 && !zombie.isEmpty(); count--) {
                log.records.add(zombie.remove(0));
            }
        }
    }

    private static void mix(
            Log log, List<List<Written>> zombies, List<Written> living, Random random) {
        for (Written record : living) {
            log.records.add(record);
            if (random.nextInt(3) == 0) {
                drain(log, zombies, random);
            }
        }
    }

    /** What a run writes if it is left alone. */
    private static List<Written> whole(Log log, int checkpoint, Random random) {
        long end = log.chunks;
        if (log.clockEnds && random.nextBoolean()) {
            end = checkpoint + random.nextInt((int) (log.chunks - checkpoint) + 1);
            log.earliestClockEnd = Math.min(log.earliestClockEnd, end);
        }
        List<Written> records = new ArrayList<>();
        for (long sequence = checkpoint; sequence < end; sequence++) {
            records.add(new Written(sequence, false));
        }
        records.add(new Written(end, true));
        return records;
    }
}
