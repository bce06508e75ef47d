package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.engine.ScriptedEngine;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.GenerationProgress;
import io.rwkvtts.protocol.PromptBuilder;
import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.protocol.VoiceProperties;
import io.rwkvtts.sampling.CounterRandom;
import io.rwkvtts.sampling.SamplingParameters;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnbatchedGeneratorTest {

    private static final GenerationLimits LIMITS = new GenerationLimits(0, 60);
    private static final PromptBuilder PROMPTS =
            TestLoop.prompts(ScriptedEngine.model(12_686, 8193));

    /** One after another in one slot, and five at once in three slots with prompts in pieces. */
    @Test
    void testGeneratesWhatTheLoopGeneratesInABatch() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) {
            texts.put("request-" + i, "Sentence number " + i + " is here.");
        }
        RecordedSpeech company = new RecordedSpeech();
        SynthesisLoop loop =
                TestLoop.on(engine(3)).limits(LIMITS).prefillTokens(7).output(company).open();
        texts.forEach(
                (id, text) -> {
                    while (!loop.hasFreeSlot()) {
                        loop.step();
                    }
                    SpeechRequest request =
                            new SpeechRequest(
                                    id, 0, 0, 100, RequestTerms.configured(new ChunkPlan(60, 60)));
                    request.accept(TextPiece.whole(text), RequestAttributes.NONE, 0);
                    loop.admit(request, System.nanoTime());
                    loop.step();
                });
        TestLoop.run(loop);

        UnbatchedGenerator generator = new UnbatchedGenerator(engine(1));
        texts.forEach(
                (id, text) -> {
                    SegmentGeneration alone = generation(CounterRandom.seedOf(id));
                    generator.generate(
                            PROMPTS.byProperties(VoiceProperties.DEFAULT, text).tokens(), alone);
                    int[] tokens = alone.semantics(0, alone.semanticCount());
                    assertThat(tokens).isNotEmpty();
                    assertThat(company.records.get(id))
                            .containsExactly(
                                    "#0 segment 0 +0 %s %s"
                                            .formatted(
                                                    Arrays.toString(tokens),
                                                    Arrays.toString(alone.globals())),
                                    "#1 " + (alone.cutOff() ? "LENGTH" : "STOP"));
                });
    }

    @Test
    void testLongPromptIsFedWholeInPieces() {
        ScriptedEngine engine = engine(1);
        int[] prompt =
                PROMPTS.byProperties(VoiceProperties.DEFAULT, "One two three. ".repeat(80))
                        .tokens();
        assertThat(prompt.length).isGreaterThan(512);
        SegmentGeneration generation = generation(1);
        new UnbatchedGenerator(engine).generate(prompt, generation);

        assertThat(engine.prefillCalls()).isEqualTo((prompt.length + 255) / 256);
        // The globals, TAG_1 and the semantic tokens, the last of which is not fed at the limit.
        int generated = 33 + generation.semanticCount() - (generation.cutOff() ? 1 : 0);
        assertThat(engine.tokensFed(0)).isEqualTo(prompt.length + generated);
    }

    private static SegmentGeneration generation(long seed) {
        return new SegmentGeneration(
                seed, 0, GenerationProgress.START, LIMITS, SamplingParameters.SEMANTIC);
    }

    private static ScriptedEngine engine(int slots) {
        return new ScriptedEngine(ScriptedEngine.model(12_686, 8193), slots)
                .endAfter(prompt -> 1 + (int) Math.floorMod(prompt, 90L));
    }
}
