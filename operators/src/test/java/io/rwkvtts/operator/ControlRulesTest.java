package io.rwkvtts.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a record of the control topic may say, and what one is told that may not. */
class ControlRulesTest {

    private static final long WRITTEN = Instant.parse("2026-11-27T08:00:00Z").toEpochMilli();
    private static final String FROM = "\"effectiveFrom\": \"2026-11-27T08:00:10Z\"";
    private static final int STATE_BYTES = 1_000;

    private final ControlRules rules =
            new ControlRules(
                    SwitchableSettings.from(
                            Configuration.fromMap(
                                    Map.of(
                                            "tts.max-semantic-tokens", "500",
                                            "tts.tenant.requests-per-second", "2",
                                            "tts.prefix-cache.size", "10 kb",
                                            "tts.kafka.properties.sasl.jaas.config", "secret")),
                            STATE_BYTES));

    private static ControlRecord record(String key, String json) {
        return new ControlRecord(7, WRITTEN, key.getBytes(UTF_8), json.getBytes(UTF_8));
    }

    private SwitchTable add(ControlRecord record, SwitchTable table) {
        return rules.add(ControlRules.read(record), record.timestampMs(), table);
    }

    static Stream<String> switches() {
        return Switches.keys().stream();
    }

    /** What may change is all that it says, and takes the value it has by default. */
    @ParameterizedTest
    @MethodSource("switches")
    void testEverySwitchCanBeSetBack(String key) {
        boolean byTimestamp = Switches.effect(key) == Switches.Effect.FROM_TIMESTAMP;
        String json = byTimestamp ? "{\"value\": null, " + FROM + "}" : "{\"value\": null}";
        SwitchTable table = add(record(key, json), SwitchTable.EMPTY);
        assertThat(table.values()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "tts.chunk.first-tokens | 4",
                "tts.chunk.tokens | 40",
                "tts.max-semantic-tokens | 300",
                "tts.min-semantic-tokens | 20",
                "tts.max-semantic-tokens.by-text | true",
                "tts.max-repeated-tokens | 0"
            })
    void testWhatRequestsEmitIsSetByTimestamp(String key, String value) {
        String json = "{\"value\": %s, %s}".formatted(value, FROM);
        SwitchTable table = add(record(key, json), SwitchTable.EMPTY);
        assertThat(table.at(WRITTEN + 9_999).all()).isEmpty();
        assertThat(table.at(WRITTEN + 10_000).all()).isEqualTo(Map.of(key, value));
        assertThat(table.now()).isEmpty();
        assertThat(rules.generation(table.at(WRITTEN + 10_000).all()))
                .isNotEqualTo(rules.generation(Map.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "tts.queue.capacity | 5",
                "tts.queue.when-full | \"reject\"",
                "tts.tenant.requests-per-second | 0.5",
                "tts.tenant.burst | 3",
                "tts.tenant.queue-capacity | 9",
                "tts.prefix-cache.size | \"5 kb\"",
                "tts.log.level | \"debug\""
            })
    void testWhatShapesServiceIsSetAtOnce(String key, String value) {
        SwitchTable table = add(record(key, "{\"value\": " + value + "}"), SwitchTable.EMPTY);
        assertThat(table.now()).isEqualTo(Map.of(key, value.replace("\"", "")));
        assertThat(table.at(Long.MAX_VALUE).all()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "tts.segment.max-units | {\"value\": 9} | cut the texts of running requests",
                "tts.model | {\"value\": \"x\"} | when the job starts",
                "tts.chunk.tokenz | {\"value\": 9} | Those that may: tts.chunk.first-tokens",
                "tts.chunk.tokens | | no JSON",
                "tts.chunk.tokens | 15 | no JSON object with a field 'value'",
                "tts.chunk.tokens | {} | no JSON object with a field 'value'",
                "tts.chunk.tokens | [1] | no JSON object",
                "tts.chunk.tokens | {\"value\": 1, \"value\": 2} | Duplicate",
                "tts.chunk.tokens | {\"value\": 15} {} | no JSON",
                "tts.chunk.tokens | {\"value\": 15} | needs effectiveFrom",
                "tts.chunk.tokens | {\"value\": 15, \"effectiveFrom\": \"tomorrow\"} | 2026-11-27T08:30:00Z",
                "tts.chunk.tokens | {\"value\": 15, \"effectiveFrom\": 12} | 2026-11-27T08:30:00Z",
                "tts.chunk.tokens | {\"value\": 15, \"effectiveFrom\": \"2026-11-27T08:00:04.999Z\"} | 5 s between them",
                "tts.chunk.tokens | {\"value\": 15, \"effectiveFrom\": \"-292275055-05-16T16:47:05Z\"} | 5 s between them",
                "tts.chunk.tokens | {\"value\": 15, \"from\": 1} | a field 'from'",
                "tts.chunk.tokens | {\"value\": {\"a\": 1}, FROM} | expected a string",
                "tts.chunk.tokens | {\"value\": \"many\", FROM} | tts.chunk.tokens",
                "tts.chunk.tokens | {\"value\": 0, FROM} | expected at least 1",
                "tts.max-semantic-tokens | {\"value\": 501, FROM} | at most 500",
                "tts.min-semantic-tokens | {\"value\": 501, FROM} | minSemanticTokens",
                "tts.chunk.tokens | {\"value\": 15, \"share\": 0.5, FROM} | a name and a number",
                "tts.chunk.tokens | {\"value\": 15, \"experiment\": \"x\", \"share\": 1, FROM} | less than 1",
                "tts.chunk.tokens | {\"value\": 15, \"experiment\": \"a b\", \"share\": 0.5, FROM} | 'a b'",
                "tts.chunk.tokens | {\"value\": null, \"experiment\": \"x\", \"share\": 0.5, FROM} | no value",
                "tts.chunk.tokens | {\"value\": 2049, FROM} | tts.chunk.tokens is 2049, expected at most 2048",
                "tts.chunk.first-tokens | {\"value\": 2000000000, FROM} | expected at most 2048",
                "tts.queue.capacity | {\"value\": 0} | expected at least 1",
                "tts.queue.capacity | {\"value\": 2147483647} | expected at most 1000000",
                "tts.tenant.burst | {\"value\": 1000001} | expected at most 1000000",
                "tts.tenant.queue-capacity | {\"value\": 1000001} | expected at most 1000000",
                "tts.queue.capacity | {\"value\": 9, FROM} | from when it is read",
                "tts.queue.when-full | {\"value\": \"panic\"} | tts.queue.when-full",
                "tts.tenant.requests-per-second | {\"value\": -1} | requests per second",
                "tts.prefix-cache.size | {\"value\": \"11 kb\"} | at most 10240",
                "tts.prefix-cache.size | {\"value\": \"10 b\"} | room for one state"
            })
    void testRefusesWithTheReason(String key, String json, String reason) {
        String value = json == null ? "" : json.replace("FROM", FROM);
        assertThatThrownBy(() -> add(record(key, value), SwitchTable.EMPTY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    /** Of a version that allowed more: a job that continues forgets it. */
    @Test
    void testSavedValueThatIsNoLongerPossibleIsRead() {
        SwitchTable saved =
                SwitchJson.readAll(
                        "[{\"key\": \"tts.chunk.tokens\", \"value\": \"5000\", %s}]"
                                .formatted(FROM));
        assertThat(saved.values()).hasSize(1);
        assertThatThrownBy(() -> rules.check(saved))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 2048");
    }

    /** Each is fine by itself, at any time but the one when both hold. */
    @Test
    void testRefusesWhatDoesNotFitALaterValue() {
        SwitchTable table =
                add(
                        record(
                                "tts.max-semantic-tokens",
                                "{\"value\": 50, \"effectiveFrom\": \"2026-11-27T09:00:00Z\"}"),
                        SwitchTable.EMPTY);
        assertThatThrownBy(
                        () ->
                                add(
                                        record(
                                                "tts.min-semantic-tokens",
                                                "{\"value\": 60, " + FROM + "}"),
                                        table))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("minSemanticTokens is 60");
    }

    @Test
    void testRecordWithoutKeyOrValueIsRefused() {
        ControlRecord noKey = new ControlRecord(0, 0, null, "{}".getBytes(UTF_8));
        ControlRecord tombstone =
                new ControlRecord(0, 0, "tts.queue.capacity".getBytes(UTF_8), null);
        assertThatThrownBy(() -> add(noKey, SwitchTable.EMPTY)).hasMessageContaining("no key");
        assertThatThrownBy(() -> add(tombstone, SwitchTable.EMPTY))
                .hasMessageContaining("no value");
    }

    /** Whatever the bytes, the job goes on. */
    @Test
    void testGarbageIsRefusedAndNothingElse() {
        Random random = new Random(15);
        String good = "{\"value\": 15, %s, \"experiment\": \"x\", \"share\": 0.5}".formatted(FROM);
        for (int round = 0; round < 3_000; round++) {
            byte[] bytes = good.getBytes(UTF_8);
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            ControlRecord record =
                    new ControlRecord(0, WRITTEN, "tts.chunk.tokens".getBytes(UTF_8), bytes);
            assertThatCode(
                            () -> {
                                try {
                                    add(record, SwitchTable.EMPTY);
                                } catch (IllegalArgumentException expected) {
                                    assertThat(expected.getMessage()).isNotBlank();
                                }
                            })
                    .as(new String(bytes, UTF_8))
                    .doesNotThrowAnyException();
        }
    }

    /** Else a request of that time would fail its task again and again. */
    @Test
    void testWhatHoldsIsPossibleAtAllTimes() {
        ControlRules narrow =
                new ControlRules(
                        SwitchableSettings.from(
                                Configuration.fromMap(
                                        Map.of(
                                                "tts.min-semantic-tokens", "100",
                                                "tts.max-semantic-tokens", "500")),
                                STATE_BYTES));
        Random random = new Random(5);
        SwitchTable table = SwitchTable.EMPTY;
        long nowMs = WRITTEN;
        int taken = 0;
        for (int round = 0; round < 1_000; round++) {
            nowMs += random.nextInt(5 * 3_600_000);
            try {
                table = narrow.add(randomValue(random, nowMs), nowMs, table);
                taken++;
            } catch (IllegalArgumentException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            }
            narrow.check(table);
            for (int i = 0; i < 10; i++) {
                SwitchTable.Held held = table.at(nowMs - 5_000_000_000L + random.nextInt());
                narrow.generation(held.all());
                narrow.generation(held.treated());
            }
        }
        assertThat(taken).isBetween(100, 900);
    }

    /** A length, for all or on trial, from within the next day on. */
    private static SwitchValue randomValue(Random random, long nowMs) {
        String key = random.nextBoolean() ? "tts.min-semantic-tokens" : "tts.max-semantic-tokens";
        Trial trial = random.nextInt(3) == 0 ? new Trial("x" + random.nextInt(2), 0.5) : null;
        String value =
                trial == null && random.nextInt(4) == 0 ? null : "" + (1 + random.nextInt(400));
        return new SwitchValue(key, value, nowMs + 5_000 + random.nextInt(86_400_000), trial);
    }

    /** It goes to every TaskManager with the job. */
    @Test
    void testOnlySwitchesAreKept() {
        assertThat(
                        SwitchableSettings.from(
                                        Configuration.fromMap(
                                                Map.of(
                                                        "tts.chunk.tokens",
                                                        "20",
                                                        "tts.kafka.properties.ssl.key.password",
                                                        "secret")),
                                        STATE_BYTES)
                                .configured())
                .isEqualTo(Map.of("tts.chunk.tokens", "20"));
    }
}
