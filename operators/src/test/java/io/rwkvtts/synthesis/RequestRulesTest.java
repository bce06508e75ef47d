package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.VoiceDirectory;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestRulesTest {

    private static final RequestRules RULES =
            new RequestRules(VoiceDirectory.empty(), new GenerationLimits(5, 40), 10);

    @ParameterizedTest
    @CsvSource({
        "'', text is blank",
        "' \u3000', text is blank",
        "12345678901, text has 11 characters",
        "a\ud800, '1'"
    })
    void testAWholeTextIsCheckedAsThatOfARequestInOnePiece(String text, String problem) {
        assertThatThrownBy(() -> RequestRules.checkText(text, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem);
        assertThatThrownBy(() -> RULES.check(TextPiece.whole(text), RequestAttributes.NONE, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void testAPieceMayBeBlankIfOthersMayBelongToIt() {
        for (TextPiece piece :
                new TextPiece[] {new TextPiece(0, "", false), new TextPiece(1, " ", true)}) {
            assertThatCode(() -> RULES.check(piece, RequestAttributes.NONE, 0))
                    .doesNotThrowAnyException();
        }
        assertThatThrownBy(
                        () -> RULES.check(new TextPiece(-1, "a", false), RequestAttributes.NONE, 0))
                .hasMessageContaining("sequence is -1");
    }

    @Test
    void testAttributesOfLaterPiecesAreNotLookedAt() {
        RequestAttributes unknown = Attributes.of("voiceId", "unknown");
        assertThatThrownBy(() -> RULES.check(new TextPiece(0, "a", false), unknown, 0))
                .hasMessageContaining("unknown");
        assertThatCode(() -> RULES.check(new TextPiece(1, "a", true), unknown, 0))
                .doesNotThrowAnyException();
    }

    @Test
    void testPropertiesBesideAVoiceAreIgnored() {
        RequestAttributes both = Attributes.of(Map.of("voiceId", "gone", "age", "ancient"));
        assertThatThrownBy(() -> RULES.check(TextPiece.whole("a"), both, 0))
                .hasMessageContaining("gone");
        assertThatThrownBy(
                        () -> RULES.check(TextPiece.whole("a"), Attributes.of("age", "ancient"), 0))
                .hasMessageContaining("ancient");
    }

    @Test
    void testLimitsOfASegmentAreThoseAskedForWithinThoseOfTheJob() {
        assertThat(RULES.limits(RequestAttributes.NONE, "a", false))
                .isEqualTo(new GenerationLimits(5, 40));
        assertThat(RULES.limits(Attributes.of("maxSemanticTokens", 3), "a", false))
                .isEqualTo(new GenerationLimits(3, 3));
        assertThat(
                        RULES.limits(
                                Attributes.of(
                                        Map.of("maxSemanticTokens", 30, "minSemanticTokens", 2)),
                                "a",
                                false))
                .isEqualTo(new GenerationLimits(2, 30));
    }

    @Test
    void testEndIsTheDeadlineOrTheBudgetFromTheFirstRecordOn() {
        assertThat(RequestRules.deadlineMs(RequestAttributes.NONE, 100)).isEqualTo(Long.MAX_VALUE);
        assertThat(RequestRules.deadlineMs(Attributes.of("deadlineMs", 7L), 100)).isEqualTo(7);
        assertThat(RequestRules.deadlineMs(Attributes.of("budgetMs", 7L), 100)).isEqualTo(107);
        assertThat(RequestRules.deadlineMs(Attributes.of("budgetMs", Long.MAX_VALUE), 100))
                .isEqualTo(Long.MAX_VALUE);
    }
}
