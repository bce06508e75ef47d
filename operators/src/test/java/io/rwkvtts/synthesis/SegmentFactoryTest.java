package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.Vectors;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.protocol.PromptBuilder;
import io.rwkvtts.protocol.VoiceDirectory;
import io.rwkvtts.text.WorldTokenizer;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whose fault it is when a segment cannot be begun. */
class SegmentFactoryTest {

    private static final WorldTokenizer TOKENIZER =
            WorldTokenizer.load(Vectors.file("mini_vocab.txt"));

    private static SegmentFactory factory(GenerationLimits limits) {
        return new SegmentFactory(
                new PromptBuilder(IdSpace.of(12_686, 8193, TOKENIZER), TOKENIZER),
                new RequestRules(VoiceDirectory.empty(), limits, 100),
                false);
    }

    private static RequestAttributes attributes(String voiceId, Integer maxSemanticTokens) {
        return new RequestAttributes(
                voiceId,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                maxSemanticTokens,
                null,
                null,
                null,
                null,
                null);
    }

    /** A request after its first segment. */
    private static SpeechRequest request(RequestAttributes attributes, int[] globalTokens) {
        return SpeechRequest.restore(
                new RequestSnapshot(
                        "r",
                        0,
                        0,
                        0,
                        attributes,
                        new RequestText.Snapshot("One. Two.", "", 9, 1, true, new TreeMap<>()),
                        1,
                        5,
                        3,
                        40,
                        globalTokens,
                        false,
                        new ChunkPlan(10, 25),
                        null,
                        null),
                100,
                null);
    }

    @Test
    void testVoiceOrLimitThatIsGoneIsTheRequests() {
        SegmentFactory factory = factory(new GenerationLimits(0, 40));
        assertThatThrownBy(() -> factory.begin(0, request(attributes("anna", null), null), "Two."))
                .isInstanceOf(RequestException.class)
                .hasMessageContaining("anna");
        assertThatThrownBy(() -> factory.begin(0, request(attributes(null, 41), null), "Two."))
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
