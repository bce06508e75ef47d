package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SwitchTableTest {

    private static final String TOKENS = "tts.chunk.tokens";
    private static final String FIRST = "tts.chunk.first-tokens";
    private static final Trial HALF = new Trial("short", 0.5);
    private static final long HOUR = Duration.ofHours(1).toMillis();

    private static SwitchValue from(long ms, String key, String value) {
        return new SwitchValue(key, value, ms, null);
    }

    private static SwitchTable table(SwitchValue... values) {
        SwitchTable table = SwitchTable.EMPTY;
        for (SwitchValue value : values) {
            table = table.with(value, 0);
        }
        return table;
    }

    @Test
    void testValueHoldsFromItsTimeToThatOfTheNext() {
        SwitchTable table =
                table(from(100, TOKENS, "15"), from(200, TOKENS, "20"), from(300, TOKENS, null));
        assertThat(table.at(99).all()).isEmpty();
        assertThat(table.at(100).all()).isEqualTo(Map.of(TOKENS, "15"));
        assertThat(table.at(199).all()).isEqualTo(Map.of(TOKENS, "15"));
        assertThat(table.at(200).all()).isEqualTo(Map.of(TOKENS, "20"));
        assertThat(table.at(300).all()).isEmpty();
    }

    @Test
    void testValueReplacesThoseThatWereToComeLater() {
        SwitchTable table =
                table(from(300, TOKENS, "30"), from(100, FIRST, "5"), from(200, TOKENS, "20"));
        assertThat(table.at(400).all()).isEqualTo(Map.of(TOKENS, "20", FIRST, "5"));
    }

    @Test
    void testLatestValueForAllRequestsCounts() {
        SwitchTable table =
                table(
                        new SwitchValue("tts.queue.capacity", "5", null, null),
                        new SwitchValue("tts.queue.capacity", "7", null, null));
        assertThat(table.now()).isEqualTo(Map.of("tts.queue.capacity", "7"));
        assertThat(table.values()).hasSize(1);
        assertThat(table.with(new SwitchValue("tts.queue.capacity", null, null, null), 0).now())
                .isEmpty();
    }

    @Test
    void testTrialLeavesTheOthersAsTheyWere() {
        SwitchTable table =
                table(from(100, TOKENS, "20"), new SwitchValue(TOKENS, "15", 200L, HALF));
        SwitchTable.Held held = table.at(200);
        assertThat(held.all()).isEqualTo(Map.of(TOKENS, "20"));
        assertThat(held.treated()).isEqualTo(Map.of(TOKENS, "15"));
        assertThat(held.arm("r")).isIn("short:a", "short:b");
        assertThat(held.of("r"))
                .isEqualTo(held.arm("r").endsWith("b") ? held.treated() : held.all());
        assertThat(table.at(199).arm("r")).isNull();
    }

    @Test
    void testValueForAllEndsATrial() {
        SwitchTable table =
                table(new SwitchValue(TOKENS, "15", 200L, HALF), from(300, TOKENS, "15"));
        assertThat(table.at(300).arm("r")).isNull();
        assertThat(table.at(300).of("r")).isEqualTo(Map.of(TOKENS, "15"));
    }

    @Test
    void testTwoTrialsAtATimeAreRefused() {
        SwitchTable table =
                table(
                        new SwitchValue(TOKENS, "15", 200L, HALF),
                        new SwitchValue(FIRST, "5", 300L, new Trial("other", 0.5)));
        assertThat(table.at(299).arm("r")).isNotNull();
        assertThatThrownBy(() -> table.at(300))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one experiment");
    }

    /** A report would take the sides of both together. */
    @Test
    void testExperimentKeepsItsShare() {
        SwitchValue half = new SwitchValue(TOKENS, "15", 200L, HALF);
        SwitchValue fifth = new SwitchValue(TOKENS, "15", 400L, new Trial("short", 0.2));
        assertThatThrownBy(() -> table(half, fifth))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another name");
        assertThatThrownBy(() -> table(half, from(300, TOKENS, null), fifth))
                .isInstanceOf(IllegalArgumentException.class);
        SwitchValue corrected = new SwitchValue(TOKENS, "15", 200L, new Trial("short", 0.2));
        assertThat(table(half, corrected).at(200).trial()).isEqualTo(corrected.trial());
    }

    /** What nobody can still ask for does not pile up. */
    @Test
    void testOldValuesAreForgotten() {
        SwitchTable table = SwitchTable.EMPTY;
        for (int i = 0; i < 400; i++) {
            table = table.with(from((i + 1) * HOUR, TOKENS, "" + (i + 1)), i * HOUR);
        }
        int oldest = 399 - 7 * 24;
        assertThat(table.values()).hasSize(400 - oldest + 1);
        assertThat(table.at(400 * HOUR).all()).isEqualTo(Map.of(TOKENS, "400"));
        assertThat(table.at((oldest + 1) * HOUR).all())
                .isEqualTo(Map.of(TOKENS, "" + (oldest + 1)));
        assertThat(table.at(HOUR).all())
                .as("what held then holds for all earlier requests")
                .isEqualTo(Map.of(TOKENS, "" + oldest));
        SwitchTable later = table.with(from(600 * HOUR, TOKENS, "600"), 599 * HOUR);
        assertThat(later.values()).hasSize(2);
        assertThat(later.at(599 * HOUR).all()).isEqualTo(Map.of(TOKENS, "400"));
    }

    /** Requests that have waited in Kafka for six days are decided by what held then. */
    @Test
    void testManyChangesLeaveAllThatABacklogNeeds() {
        SwitchTable table = SwitchTable.EMPTY;
        for (int i = 1; i <= SwitchTable.MOST_OF_AN_OPTION; i++) {
            table = table.with(from(i, TOKENS, "" + i), 0);
        }
        for (int i = 1; i <= SwitchTable.MOST_OF_AN_OPTION; i++) {
            assertThat(table.at(i).all()).isEqualTo(Map.of(TOKENS, "" + i));
        }
        SwitchTable full = table;
        assertThatThrownBy(() -> full.with(from(2_000, TOKENS, "2"), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000 times in 7 days");
        assertThat(full.with(from(2_000, FIRST, "2"), 0).at(2_000).all()).containsKey(FIRST);
    }

    @Test
    void testValueBelowATrialStaysAsLongAsTheTrial() {
        SwitchTable table =
                table(
                        from(200, TOKENS, "30"),
                        from(300, TOKENS, "20"),
                        new SwitchValue(TOKENS, "15", 300L, HALF));
        assertThat(table.at(300).all()).isEqualTo(Map.of(TOKENS, "20"));
        SwitchTable later = table.with(from(400 * HOUR, FIRST, "5"), 399 * HOUR);
        assertThat(later.values()).hasSize(3);
        for (long ms : new long[] {200, 300, 399 * HOUR}) {
            assertThat(later.at(ms).all()).isEqualTo(Map.of(TOKENS, "20"));
            assertThat(later.at(ms).treated()).isEqualTo(Map.of(TOKENS, "15"));
        }
    }

    @Test
    void testStateHoldsAllOfATable() {
        SwitchTable table =
                table(
                        from(100, TOKENS, "20"),
                        new SwitchValue(TOKENS, "15", 200L, HALF),
                        from(300, FIRST, null),
                        new SwitchValue("tts.queue.when-full", "reject", null, null));
        assertThat(SwitchJson.readAll(SwitchJson.writeAll(table)).values())
                .isEqualTo(table.values());
    }

    /** A replay that put a request on the other side would emit other records for it. */
    @Test
    void testSideOfARequestNeverChanges() {
        Trial trial = new Trial("short", 0.3);
        assertThat(IntStream.range(0, 12).mapToObj(i -> trial.treats("r" + i) ? "b" : "a"))
                .containsExactly(SIDES);
    }

    private static final String[] SIDES = "a a b a a b b a a a b b".split(" ");

    @Test
    void testShareIsMet() {
        Trial trial = new Trial("short", 0.3);
        long treated = IntStream.range(0, 10_000).filter(i -> trial.treats("request-" + i)).count();
        assertThat(treated).isBetween(2_800L, 3_200L);
        Trial other = new Trial("long", 0.3);
        long both =
                IntStream.range(0, 10_000)
                        .mapToObj(i -> "request-" + i)
                        .filter(id -> trial.treats(id) && other.treats(id))
                        .count();
        assertThat(both).as("experiments are independent").isBetween(780L, 1_020L);
    }
}
