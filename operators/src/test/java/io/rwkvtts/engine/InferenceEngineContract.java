package io.rwkvtts.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link InferenceEngine} must do, down to the bits. A subclass opens the engine; for a
 * real one the model must be at least 768 wide, since the kernels of narrower ones are not those
 * that could distinguish rows.
 */
public abstract class InferenceEngineContract {

    private static final int SLOTS = 36;
    private static final int[] BATCHES =
            IntStream.concat(IntStream.rangeClosed(1, 17), IntStream.rangeClosed(31, 33)).toArray();
    private static final int PLACEMENTS = 3;
    private static final int SEQUENCES = 6;
    private static final int STEPS = 3;

    private final Random random = new Random(7);
    private InferenceEngine engine;

    /** Opens a new engine with this number of slots. */
    protected abstract InferenceEngine open(int slots);

    @BeforeEach
    void openEngine() {
        engine = open(SLOTS);
    }

    @AfterEach
    void closeEngine() {
        engine.close();
    }

    @Test
    void testRowHasSameBitsInAnyBatchAtAnyPlace() {
        List<int[]> sequences = new ArrayList<>();
        List<List<Result>> alone = new ArrayList<>();
        for (int s = 0; s < SEQUENCES; s++) {
            sequences.add(randomTokens(STEPS));
            alone.add(stepAlone(s, sequences.get(s)));
        }
        for (int batch : BATCHES) {
            for (int placement = 0; placement < PLACEMENTS; placement++) {
                int[] slots = randomSlots(batch);
                int[] sequenceOf = random.ints(batch, -1, SEQUENCES).toArray();
                sequenceOf[random.nextInt(batch)] = placement;
                for (int i = 0; i < batch; i++) {
                    if (sequenceOf[i] >= 0) {
                        engine.clear(slots[i]);
                    }
                }
                for (int t = 0; t < STEPS; t++) {
                    int step = t;
                    int[] tokens =
                            Arrays.stream(sequenceOf)
                                    .map(s -> s < 0 ? randomToken() : sequences.get(s)[step])
                                    .toArray();
                    engine.step(slots, tokens, batch);
                    for (int i = 0; i < batch; i++) {
                        if (sequenceOf[i] >= 0) {
                            result(slots[i])
                                    .assertSameBits(
                                            alone.get(sequenceOf[i]).get(t),
                                            "row " + i + " of " + batch + ", step " + t);
                        }
                    }
                }
            }
        }
    }

    @Test
    void testPromptHasSameBitsInAnyPieces() {
        int[] prompt = randomTokens(40);
        prefill(0, prompt, 0, 40);
        Result whole = result(0);

        int[][] cuts = {{1}, {39}, {20}, {16, 32}, {13, 27}, {7, 8, 25}, {3, 10, 11, 12, 38}};
        for (int[] cut : cuts) {
            engine.clear(5);
            int from = 0;
            for (int to : cut) {
                prefill(5, prompt, from, to);
                from = to;
            }
            prefill(5, prompt, from, 40);
            result(5).assertSameBits(whole, "cut at " + Arrays.toString(cut));
        }
        for (int token : prompt) {
            engine.step(new int[] {9}, new int[] {token}, 1);
        }
        result(9).assertSameBits(whole, "token by token");
    }

    @Test
    void testPromptHasSameBitsBesideOtherPieces() {
        int[] prompt = randomTokens(40);
        prefill(0, prompt, 0, 40);
        Result whole = result(0);

        for (int others : new int[] {1, 2, 6, 15}) {
            int[] slots = randomSlots(others + 1);
            int slot = slots[others];
            engine.clear(slot);
            int cut = 1 + random.nextInt(39);
            for (int[] piece : new int[][] {{0, cut}, {cut, 40}}) {
                List<PromptPiece> pieces = new ArrayList<>();
                for (int i = 0; i < others; i++) {
                    int length = 1 + random.nextInt(i == 0 ? 60 : 30);
                    pieces.add(new PromptPiece(slots[i], randomTokens(length), 0, length));
                }
                pieces.add(
                        random.nextInt(pieces.size() + 1),
                        new PromptPiece(slot, prompt, piece[0], piece[1]));
                engine.prefill(pieces);
            }
            result(slot).assertSameBits(whole, "cut at " + cut + " beside " + others);
        }
    }

    @Test
    void testEverySlotOfARaggedPrefillHasItsOwnResult() {
        int[] lengths = {1, 17, 4, 23, 1};
        List<int[]> prompts = Arrays.stream(lengths).mapToObj(this::randomTokens).toList();
        List<Result> alone = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            prefill(20 + i, prompts.get(i), 0, lengths[i]);
            alone.add(result(20 + i));
        }
        int[] slots = {3, 30, 11, 0, 7};
        engine.prefill(
                IntStream.range(0, lengths.length)
                        .mapToObj(i -> new PromptPiece(slots[i], prompts.get(i), 0, lengths[i]))
                        .toList());
        for (int i = 0; i < lengths.length; i++) {
            result(slots[i]).assertSameBits(alone.get(i), "piece " + i);
        }
    }

    @Test
    void testStepLeavesOtherSlotsAlone() {
        int[] slots = randomSlots(SLOTS);
        engine.step(slots, randomTokens(SLOTS), SLOTS - 3);
        byte[][] before = new byte[SLOTS][];
        for (int i = 0; i < SLOTS; i++) {
            before[i] = engine.saveState(slots[i]);
        }
        int[] middle = Arrays.copyOfRange(slots, 10, 20);
        for (int t = 0; t < 3; t++) {
            engine.step(middle, randomTokens(10), 10);
        }
        for (int i = 0; i < SLOTS; i++) {
            if (i < 10 || i >= 20) {
                assertThat(engine.saveState(slots[i])).isEqualTo(before[i]);
            } else {
                assertThat(engine.saveState(slots[i])).isNotEqualTo(before[i]);
            }
        }
    }

    @Test
    void testSavedStateContinuesInAnotherSlotOfAnotherEngine() {
        int[] prompt = randomTokens(12);
        prefill(4, prompt, 0, 12);
        byte[] saved = engine.saveState(4);
        assertThat(saved).hasSize(engine.model().stateBytes());
        List<Result> expected = stepAlone(4, prompt);

        try (InferenceEngine other = open(3)) {
            assertThat(other.model()).isEqualTo(engine.model());
            other.step(new int[] {1}, new int[] {0}, 1);
            other.loadState(1, saved);
            assertThat(other.saveState(1)).isEqualTo(saved);
            for (int t = 0; t < prompt.length; t++) {
                other.step(new int[] {2, 1}, new int[] {randomToken(), prompt[t]}, 2);
                result(other, 1).assertSameBits(expected.get(t), "step " + t);
            }
        }
    }

    @Test
    void testSeveralStatesAreSavedAndLoadedInOneCall() {
        prefill(4, randomTokens(5), 0, 5);
        prefill(9, randomTokens(3), 0, 3);
        byte[][] saved = engine.saveStates(new int[] {9, 4, 0});
        assertThat(saved[0]).isEqualTo(engine.saveState(9));
        assertThat(saved[1]).isEqualTo(engine.saveState(4));
        assertThat(saved[2]).isEqualTo(engine.saveState(0));

        engine.loadStates(new int[] {4, 9, 0}, saved);
        assertThat(engine.saveState(4)).isEqualTo(saved[0]);
        assertThat(engine.saveState(9)).isEqualTo(saved[1]);
        assertThat(engine.saveState(0)).isEqualTo(saved[2]);
        assertThat(engine.saveStates(new int[0])).isEmpty();
        assertRefused(() -> engine.loadStates(new int[] {1, 2}, saved));
    }

    @Test
    void testClearedSlotIsEmpty() {
        byte[] empty = new byte[engine.model().stateBytes()];
        assertThat(engine.saveState(8)).isEqualTo(empty);
        int[] tokens = randomTokens(3);
        List<Result> first = stepAlone(8, tokens);
        assertThat(engine.saveState(8)).isNotEqualTo(empty);
        engine.clear(8);
        assertThat(engine.saveState(8)).isEqualTo(empty);
        List<Result> second = stepAlone(8, tokens);
        for (int t = 0; t < tokens.length; t++) {
            second.get(t).assertSameBits(first.get(t), "step " + t);
        }
    }

    @Test
    void testOrderOfTokensMatters() {
        engine.prefill(
                List.of(
                        new PromptPiece(0, new int[] {1, 2, 3}, 0, 3),
                        new PromptPiece(1, new int[] {2, 1, 3}, 0, 3)));
        assertThat(logits(engine, 0)).isNotEqualTo(logits(engine, 1));
        assertThat(engine.saveState(0)).isNotEqualTo(engine.saveState(1));
    }

    @Test
    void testLogitsBelongToTheLatestCall() {
        float[] destination = new float[engine.model().headRows()];
        assertThatIllegalStateException().isThrownBy(() -> engine.logits(0, destination, 1));
        engine.step(new int[] {3, 5}, new int[] {1, 2}, 2);
        float[] of3 = logits(engine, 3);
        engine.clear(3);
        engine.loadState(5, new byte[engine.model().stateBytes()]);
        assertThat(logits(engine, 3)).isEqualTo(of3);
        engine.logits(3, destination, 2);
        assertThat(destination).startsWith(of3[0], of3[1]).endsWith(0);
        assertThatIllegalStateException().isThrownBy(() -> engine.logits(4, destination, 1));
        engine.step(new int[] {5}, new int[] {1}, 1);
        assertThatIllegalStateException().isThrownBy(() -> engine.logits(3, destination, 1));
    }

    @Test
    void testWrongArgumentsChangeNothing() {
        int vocabRows = engine.model().vocabRows();
        int headRows = engine.model().headRows();
        engine.step(new int[] {0, 1}, new int[] {1, 2}, 2);
        Result before = result(0);

        assertRefused(() -> engine.step(new int[] {0}, new int[] {vocabRows}, 1));
        assertRefused(() -> engine.step(new int[] {0}, new int[] {-1}, 1));
        assertRefused(() -> engine.step(new int[] {0, SLOTS}, new int[] {1, 1}, 2));
        assertRefused(() -> engine.step(new int[] {0, -1}, new int[] {1, 1}, 2));
        assertRefused(() -> engine.step(new int[] {0, 0}, new int[] {1, 1}, 2));
        assertRefused(() -> engine.step(new int[] {0}, new int[] {1}, 2));
        assertRefused(() -> engine.step(new int[] {0, 1}, new int[] {1}, 2));
        assertRefused(() -> engine.step(new int[] {0}, new int[] {1}, 0));
        assertRefused(() -> engine.prefill(List.of()));
        assertRefused(() -> prefill(0, new int[] {1, vocabRows}, 0, 2));
        assertRefused(() -> prefill(SLOTS, new int[] {1}, 0, 1));
        PromptPiece piece = new PromptPiece(0, new int[] {1}, 0, 1);
        assertRefused(() -> engine.prefill(List.of(piece, piece)));
        assertRefused(() -> engine.clear(SLOTS));
        assertRefused(() -> engine.saveState(-1));
        assertRefused(() -> engine.loadState(0, new byte[engine.model().stateBytes() - 1]));
        assertRefused(() -> engine.loadState(SLOTS, new byte[engine.model().stateBytes()]));
        assertRefused(() -> engine.logits(0, new float[headRows + 1], headRows + 1));
        assertRefused(() -> engine.logits(0, new float[1], 2));
        assertRefused(() -> engine.logits(0, new float[1], 0));
        assertRefused(() -> engine.logits(SLOTS, new float[1], 1));

        result(0).assertSameBits(before, "after refused calls");
        engine.step(new int[] {0, 1}, new int[] {1, 2}, 2);
    }

    @Test
    void testClosedEngineRefusesEverything() {
        engine.close();
        engine.close();
        assertThatIllegalStateException().isThrownBy(() -> engine.model());
        assertThatIllegalStateException().isThrownBy(() -> engine.slots());
        assertThatIllegalStateException().isThrownBy(() -> engine.clear(0));
        assertThatIllegalStateException().isThrownBy(() -> engine.saveState(0));
        assertThatIllegalStateException().isThrownBy(() -> engine.loadState(0, new byte[1]));
        assertThatIllegalStateException()
                .isThrownBy(() -> engine.step(new int[] {0}, new int[] {1}, 1));
        assertThatIllegalStateException().isThrownBy(() -> prefill(0, new int[] {1}, 0, 1));
        assertThatIllegalStateException().isThrownBy(() -> engine.logits(0, new float[1], 1));
    }

    private static void assertRefused(Runnable call) {
        assertThatIllegalArgumentException().isThrownBy(call::run);
    }

    /** The results of feeding {@code tokens} to a slot one by one with nothing beside it. */
    private List<Result> stepAlone(int slot, int[] tokens) {
        List<Result> results = new ArrayList<>();
        for (int token : tokens) {
            engine.step(new int[] {slot}, new int[] {token}, 1);
            results.add(result(slot));
        }
        return results;
    }

    private void prefill(int slot, int[] tokens, int from, int to) {
        engine.prefill(List.of(new PromptPiece(slot, tokens, from, to)));
    }

    private int[] randomSlots(int count) {
        List<Integer> all = new ArrayList<>(IntStream.range(0, SLOTS).boxed().toList());
        Collections.shuffle(all, random);
        return all.subList(0, count).stream().mapToInt(Integer::intValue).toArray();
    }

    private int[] randomTokens(int count) {
        return random.ints(count, 0, engine.model().vocabRows()).toArray();
    }

    private int randomToken() {
        return random.nextInt(engine.model().vocabRows());
    }

    private Result result(int slot) {
        return result(engine, slot);
    }

    private static Result result(InferenceEngine engine, int slot) {
        return new Result(logits(engine, slot), engine.saveState(slot));
    }

    private static float[] logits(InferenceEngine engine, int slot) {
        float[] logits = new float[engine.model().headRows()];
        engine.logits(slot, logits, logits.length);
        return logits;
    }

    /** Logits and state after a token. */
    private record Result(float[] logits, byte[] state) {

        void assertSameBits(Result expected, String where) {
            // Arrays.equals compares the bits of floats; AssertJ's own comparison is slow here.
            assertThat(Arrays.equals(logits, expected.logits)).as("logits, " + where).isTrue();
            assertThat(Arrays.equals(state, expected.state)).as("state, " + where).isTrue();
        }
    }
}
