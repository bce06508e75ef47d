package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.engine.ScriptedEngine;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.VoiceDirectory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose fault it is when a segment cannot be begun. */
class SegmentFactoryTest {

    private static SegmentFactory factory(GenerationLimits limits) {
        return TestLoop.segments(
                ScriptedEngine.model(12_686, 8193), VoiceDirectory.empty(), limits);
    }

    /** A request after its first segment. */
    private static SpeechRequest request(RequestAttributes attributes, int[] globalTokens) {
        return SpeechRequest.restore(
                new RequestSnapshot(
                        new RequestIdentity("r", 0, 0),
                        0,
                        attributes,
                        new RequestText.Snapshot("One. Two.", "", 9, 1, true, List.of()),
                        new SpeechProgress(1, 5, 3, 40, globalTokens, false),
                        TestLoop.TERMS,
                        null,
                        null),
                100,
                null);
    }

    @Test
    void testVoiceOrLimitThatIsGoneIsTheRequests() {
        SegmentFactory factory = factory(new GenerationLimits(0, 40));
        assertThatThrownBy(
                        () ->
                                factory.begin(
                                        0, request(Attributes.of("voiceId", "anna"), null), "Two."))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("anna");
        assertThatThrownBy(
                        () ->
                                factory.begin(
                                        0,
                                        request(Attributes.of("maxSemanticTokens", 41), null),
                                        "Two."))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("expected at most");
    }

    /**
     * Tokens that no model makes: a fault of the job, which must not end as the request's error.
     */
    @Test
    void testStateThatContradictsItselfIsNotTheRequests() {
        SegmentFactory factory = factory(new GenerationLimits(0, 40));
        SpeechRequest broken = request(RequestAttributes.NONE, new int[] {1, 2, 3});
        assertThatThrownBy(() -> factory.begin(0, broken, "Two."))
                .isNotInstanceOf(RequestException.class)
                .hasMessageContaining("32 global tokens");
    }
}
