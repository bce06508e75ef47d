package io.rwkvtts.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ScriptedEngineTest extends InferenceEngineContract {

    private static final int END_OF_SPEECH = 8192;
    private static final int TAG_SEMANTIC = 8194;

    @Override
    protected InferenceEngine open(int slots) {
        return new ScriptedEngine(ScriptedEngine.model(9000, 8193), slots);
    }

    @Test
    void testSpeechEndsWhereScripted() {
        try (ScriptedEngine engine = ScriptedEngine.tts(2).endAfter(3)) {
            engine.prefill(
                    List.of(new PromptPiece(1, new int[] {8195, 12300, TAG_SEMANTIC}, 0, 3)));
            for (int fed = 0; fed < 3; fed++) {
                assertThat(largest(engine, 1)).isNotEqualTo(END_OF_SPEECH);
                engine.step(new int[] {1}, new int[] {17}, 1);
            }
            assertThat(largest(engine, 1)).isEqualTo(END_OF_SPEECH);
            assertThat(engine.tokensFed(1)).isEqualTo(6);
        }
    }

    @Test
    void testHooksRunBeforeTheState() {
        RuntimeException failure = new RuntimeException("scripted");
        ScriptedEngine engine = ScriptedEngine.tts(1);
        engine.beforeStep(
                call -> {
                    if (call == 2) {
                        throw failure;
                    }
                });
        engine.step(new int[] {0}, new int[] {1}, 1);
        byte[] state = engine.saveState(0);
        assertThatThrownBy(() -> engine.step(new int[] {0}, new int[] {1}, 1)).isSameAs(failure);
        assertThat(engine.saveState(0)).isEqualTo(state);
        assertThat(engine.stepCalls()).isEqualTo(2);
        assertThatIllegalStateException().isThrownBy(() -> engine.logits(0, new float[1], 1));
    }

    @Test
    void testSecondThreadIsRefused() {
        ScriptedEngine engine = ScriptedEngine.tts(1);
        engine.clear(0);
        CompletableFuture.runAsync(
                        () -> assertThatIllegalStateException().isThrownBy(() -> engine.clear(0)))
                .join();
    }

    private static int largest(InferenceEngine engine, int slot) {
        float[] logits = new float[engine.model().headRows()];
        engine.logits(slot, logits, logits.length);
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }
}
