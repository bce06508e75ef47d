package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.GenerationProgress;
import io.rwkvtts.scheduling.Ticket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpeechRequestTest {

    private static final SegmentSnapshot SEGMENT =
            new SegmentSnapshot(
                    new int[] {8195, 7, 8193},
                    3,
                    0,
                    new GenerationLimits(0, 40),
                    GenerationProgress.START,
                    new StateIds("weights", "numerics", 1),
                    new byte[] {1});

    private static SpeechRequest restored(SpeechProgress progress, SegmentSnapshot segment) {
        return SpeechRequest.restore(
                new RequestSnapshot(
                        new RequestIdentity("r", 7, 1_000),
                        2_000,
                        Attributes.of(Map.of("tenant", "acme", "priority", 3, "budgetMs", 500L)),
                        new RequestText.Snapshot("One. Two.", "", 9, 1, false, List.of()),
                        progress,
                        TestLoop.TERMS,
                        null,
                        segment),
                100,
                null);
    }

    @Test
    void testAttributesAreThoseOfTheFirstPieceWheneverItComes() {
        SpeechRequest request = TestLoop.request("r");
        request.accept(new TextPiece(1, "b", true), Attributes.of("tenant", "late"), 1);
        assertThat(request.started()).isFalse();
        assertThat(request.tenant()).isEmpty();
        request.accept(new TextPiece(0, "a", false), Attributes.of("tenant", "first"), 2);
        assertThat(request.started()).isTrue();
        assertThat(request.tenant()).isEqualTo("first");
        assertThat(request.textComplete()).isTrue();
        assertThat(request.text().toString()).isEqualTo("ab");
    }

    @Test
    void testARepeatedPieceChangesNothing() {
        SpeechRequest request = TestLoop.request("r", "Hello.", Attributes.of("tenant", "first"));
        RequestText.Outcome outcome =
                request.accept(TextPiece.whole("Other."), Attributes.of("tenant", "other"), 9);
        assertThat(outcome).isEqualTo(RequestText.Outcome.DROPPED);
        assertThat(request.tenant()).isEqualTo("first");
        assertThat(request.idleSinceMs()).isZero();
    }

    @Test
    void testATextBeyondItsLimitChangesNothing() {
        SpeechRequest request = new SpeechRequest("r", 0, 0, 3, TestLoop.TERMS);
        TextPiece long4 = TextPiece.whole("four");
        assertThatThrownBy(() -> request.accept(long4, Attributes.of("tenant", "t"), 9))
                .isInstanceOf(RequestException.class);
        assertThat(request.started()).isFalse();
        assertThat(request.tenant()).isEmpty();
    }

    @Test
    void testTicketHasWhatTheQueueOrdersBy() {
        assertThat(restored(SpeechProgress.START, null).ticket(42))
                .isEqualTo(new Ticket("r", false, 3, 1_500, "acme", 7, 42));
        assertThat(TestLoop.request("plain").ticket(0))
                .isEqualTo(new Ticket("plain", false, 0, Long.MAX_VALUE, "", 0, 0));
    }

    /** A listener waits for it. */
    @Test
    void testARequestThatHasHeldASlotHasBegun() {
        SpeechProgress second = SpeechProgress.START.segmentBegun(4).segmentCompleted(null, false);
        assertThat(restored(second, null).ticket(0).begun()).isTrue();
        assertThat(restored(SpeechProgress.START, SEGMENT).ticket(0).begun()).isTrue();
    }

    @Test
    void testAnInterruptedSegmentIsInTheSnapshotUntilASlotTakesIt() {
        SpeechRequest request = restored(SpeechProgress.START, SEGMENT);
        assertThat(request.isInterrupted()).isTrue();
        assertThat(request.snapshot().active()).isSameAs(SEGMENT);
        assertThat(request.takeInterrupted()).isSameAs(SEGMENT);
        assertThat(request.isInterrupted()).isFalse();
        assertThat(request.snapshot().active()).isNull();
        assertThat(request.takeInterrupted()).isNull();
    }

    @Test
    void testAnEndThatWaitsKeepsItsPlaceAndNothingElse() {
        SpeechProgress progress = new SpeechProgress(2, 9, 6, 85, new int[32], true);
        SpeechRequest request = restored(progress, SEGMENT);
        request.endLater(FinishReason.OVERLOADED, true);
        RequestSnapshot snapshot = request.snapshot();

        assertThat(snapshot.ending()).isEqualTo(FinishReason.OVERLOADED);
        assertThat(snapshot.identity()).isEqualTo(new RequestIdentity("r", 7, 1_000));
        assertThat(snapshot.progress()).isEqualTo(new SpeechProgress(2, 9, 6, 85, null, true));
        assertThat(snapshot.attributes()).isEqualTo(RequestAttributes.NONE);
        assertThat(snapshot.text().joined()).isEmpty();
        assertThat(snapshot.text().complete()).isTrue();
        assertThat(snapshot.active()).isNull();
    }

    @Test
    void testProgressCountsRecordsTokensAndSegments() {
        int[] globals = {1, 2};
        SpeechProgress progress =
                SpeechProgress.START
                        .segmentBegun(12)
                        .recordEmitted(10)
                        .recordEmitted(25)
                        .segmentCompleted(globals, true)
                        .segmentBegun(20)
                        .recordEmitted(5)
                        .segmentCompleted(globals, false);
        assertThat(progress).isEqualTo(new SpeechProgress(2, 20, 3, 40, globals, true));
    }
}
