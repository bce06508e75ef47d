package io.rwkvtts.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.schema.AudioTokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private static final PlannedRequest ORDINARY = request(OptionalInt.empty(), null);
    private static final PlannedRequest CANCELLED = request(OptionalInt.of(1), null);
    private static final PlannedRequest LATE = request(OptionalInt.empty(), Duration.ofSeconds(1));

    private static final Speech UNDISTURBED =
            speech(chunk(0, 1, 2), chunk(1, 3, 4, 5), chunk(2, 6), end(3, "length"));

    @Test
    void testSameSpeechIsClean() {
        assertCounts(ORDINARY, UNDISTURBED, 0, 0, 0);
        assertThat(compare(ORDINARY, UNDISTURBED).tokens()).isEqualTo(6);
    }

    @Test
    void testMissingRecordIsLost() {
        assertCounts(ORDINARY, speech(chunk(0, 1, 2), chunk(2, 6), end(3, "length")), 3, 0, 0);
        assertCounts(ORDINARY, speech(chunk(0, 1, 2), end(3, "length")), 4, 0, 0);
    }

    @Test
    void testMissingEndIsLost() {
        assertCounts(ORDINARY, speech(chunk(0, 1, 2), chunk(1, 3, 4, 5), chunk(2, 6)), 1, 0, 0);
        assertCounts(ORDINARY, speech(), 7, 0, 0);
    }

    @Test
    void testRepeatedRecordIsDuplicated() {
        assertCounts(
                ORDINARY,
                speech(
                        chunk(0, 1, 2),
                        chunk(1, 3, 4, 5),
                        chunk(1, 3, 4, 5),
                        chunk(2, 6),
                        end(3, "length")),
                0,
                3,
                0);
    }

    @Test
    void testOtherTokensAreChanged() {
        assertCounts(
                ORDINARY,
                speech(chunk(0, 1, 2), chunk(1, 3, 9, 9), chunk(2, 6), end(3, "length")),
                0,
                0,
                2);
    }

    @Test
    void testRecordBeyondTheUndisturbedOnesIsChanged() {
        assertCounts(
                ORDINARY,
                speech(
                        chunk(0, 1, 2),
                        chunk(1, 3, 4, 5),
                        chunk(2, 6),
                        chunk(3, 7, 8),
                        end(4, "length")),
                0,
                0,
                3);
    }

    @Test
    void testAnyOtherFieldIsChanged() {
        AudioTokens moved = chunk(2, 6);
        moved.setTokenOffset(0);
        assertThat(Comparison.changedTokens(moved, UNDISTURBED)).isOne();
        AudioTokens elsewhere = chunk(2, 6);
        elsewhere.setGlobalTokens(List.of(1));
        assertThat(Comparison.changedTokens(elsewhere, UNDISTURBED)).isOne();
    }

    @Test
    void testWrongEndIsChanged() {
        assertCounts(ORDINARY, speech(chunk(0, 1, 2), end(1, "error")), 0, 0, 1);
        assertCounts(ORDINARY, speech(chunk(0, 1, 2), end(1, "cancelled")), 0, 0, 1);
        assertCounts(CANCELLED, speech(chunk(0, 1, 2), end(1, "deadline")), 0, 0, 1);
    }

    @Test
    void testCancelledAndLateRequestsMayEndAnywhere() {
        assertCounts(CANCELLED, speech(chunk(0, 1, 2), end(1, "cancelled")), 0, 0, 0);
        assertCounts(CANCELLED, speech(end(0, "cancelled")), 0, 0, 0);
        assertCounts(CANCELLED, UNDISTURBED, 0, 0, 0);
        assertCounts(LATE, speech(chunk(0, 1, 2), end(1, "deadline")), 0, 0, 0);
    }

    /** On a replay it can end at another place; the consumer takes the first end. */
    @Test
    void testCancelledRequestMayEndBeforeWhatWasSeen() {
        assertCounts(
                CANCELLED, speech(chunk(0, 1, 2), chunk(1, 3, 4, 5), end(1, "cancelled")), 0, 0, 0);
    }

    @Test
    void testCancelledRequestMayLoseNothingBeforeItsEnd() {
        assertCounts(CANCELLED, speech(chunk(0, 1, 2), end(2, "cancelled")), 3, 0, 0);
        assertCounts(CANCELLED, speech(chunk(0, 1, 9), end(1, "cancelled")), 0, 0, 1);
    }

    private static void assertCounts(
            PlannedRequest request, Speech seen, int lost, int duplicated, int changed) {
        Comparison comparison = compare(request, seen);
        assertThat(List.of(comparison.lost(), comparison.duplicated(), comparison.changed()))
                .as("lost, duplicated, changed")
                .containsExactly((long) lost, (long) duplicated, (long) changed);
        assertThat(comparison.clean()).isEqualTo(lost + duplicated + changed == 0);
    }

    private static Comparison compare(PlannedRequest request, Speech seen) {
        Comparison comparison = new Comparison();
        comparison.add(request, UNDISTURBED, seen);
        return comparison;
    }

    private static PlannedRequest request(OptionalInt cancelAfter, Duration deadline) {
        return new PlannedRequest("r", List.of(), Duration.ZERO, cancelAfter, deadline);
    }

    private static Speech speech(AudioTokens... records) {
        return Speech.of(List.of(records));
    }

    private static AudioTokens chunk(long sequence, Integer... tokens) {
        return record(sequence).setTokens(new ArrayList<>(List.of(tokens))).build();
    }

    private static AudioTokens end(long sequence, String reason) {
        return record(sequence).setFinishReason(reason).build();
    }

    private static AudioTokens.Builder record(long sequence) {
        return AudioTokens.newBuilder()
                .setRequestId("r")
                .setSequence(sequence)
                .setSegment(0)
                .setTokenOffset(10 * sequence);
    }
}
