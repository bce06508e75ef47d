package io.rwkvtts.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InvarianceCheckTest {

    private final ScriptedEngine sound = new ScriptedEngine(ScriptedEngine.model(100, 50), 20);

    @Test
    void testSoundEnginePassesAndIsLeftEmpty() {
        assertThat(new InvarianceCheck(sound).run()).isEmpty();
        assertThat(sound.tokensFed(0)).isZero();
        assertThat(sound.tokensFed(16)).isZero();
    }

    @Test
    void testFewSlotsAreEnough() {
        ScriptedEngine one = new ScriptedEngine(ScriptedEngine.model(100, 50), 1);
        assertThat(new InvarianceCheck(one).run()).isEmpty();
    }

    @Test
    void testRowThatDependsOnTheSizeOfTheBatchIsFound() {
        InferenceEngine broken =
                new Deviating(sound) {
                    @Override
                    public void step(int[] slots, int[] tokens, int count) {
                        super.step(slots, tokens, count);
                        deviatingSlot = count == 17 ? slots[16] : -1;
                    }
                };
        assertThat(new InvarianceCheck(broken).run())
                .hasValue("row 16 of a batch of 17, and alone");
    }

    @Test
    void testFullBatchOfFewSlotsIsTriedToo() {
        InferenceEngine broken =
                new Deviating(new ScriptedEngine(ScriptedEngine.model(100, 50), 8)) {
                    @Override
                    public void step(int[] slots, int[] tokens, int count) {
                        super.step(slots, tokens, count);
                        deviatingSlot = count == 8 ? slots[7] : -1;
                    }
                };
        assertThat(new InvarianceCheck(broken).run()).hasValue("row 7 of a batch of 8, and alone");
    }

    @Test
    void testOtherSizesCanBeAskedFor() {
        InferenceEngine broken =
                new Deviating(sound) {
                    @Override
                    public void step(int[] slots, int[] tokens, int count) {
                        super.step(slots, tokens, count);
                        deviatingSlot = count == 4 ? slots[3] : -1;
                    }
                };
        assertThat(new InvarianceCheck(broken, 2, 3).run()).isEmpty();
        assertThat(new InvarianceCheck(broken, 2, 4, 8).run())
                .hasValue("row 3 of a batch of 4, and alone");
    }

    @Test
    void testStateThatIsNotRestoredIsFound() {
        InferenceEngine broken =
                new Deviating(sound) {
                    @Override
                    public void loadState(int slot, byte[] state) {
                        super.loadState(slot, state);
                        deviatingSlot = slot;
                    }
                };
        assertThat(new InvarianceCheck(broken).run()).get().asString().contains("saved and loaded");
    }

    @Test
    void testPromptThatDependsOnItsCutsIsFound() {
        InferenceEngine broken =
                new Deviating(sound) {
                    @Override
                    public void prefill(List<PromptPiece> pieces) {
                        super.prefill(pieces);
                        deviatingSlot = 0;
                    }
                };
        assertThat(new InvarianceCheck(broken).run()).get().asString().contains("13 and 4");
    }

    /** One logit of one slot is off by a little. */
    private static class Deviating extends ForwardingEngine {

        int deviatingSlot = -1;

        Deviating(InferenceEngine engine) {
            super(engine);
        }

        @Override
        public void logits(int slot, float[] destination, int count) {
            super.logits(slot, destination, count);
            if (slot == deviatingSlot) {
                destination[count - 1] = Math.nextUp(destination[count - 1]);
            }
        }
    }
}
