package io.rwkvtts.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.Vectors;
import io.rwkvtts.audio.WindowPlan.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WindowPlanTest {

    static List<JsonNode> vectors() {
        List<JsonNode> cases = new ArrayList<>();
        Vectors.json("audio.json").get("chunk_plans").forEach(cases::add);
        return cases;
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void testWindowsAreThoseOfTheVectors(JsonNode vector) {
        int tokens = vector.get("n_tokens").asInt();
        WindowPlan plan =
                new WindowPlan(
                        vector.get("first_chunk").asInt(),
                        vector.get("next_chunk").asInt(),
                        vector.get("left_context").asInt(),
                        0);
        List<Window> expected = new ArrayList<>();
        for (JsonNode window : vector.get("windows")) {
            int[] decode = Vectors.ints(window.get("decode_tokens"));
            int[] emit = Vectors.ints(window.get("emit_samples"));
            assertThat(window.get("drop_leading_samples").asInt())
                    .isEqualTo(emit[0] - 320 * decode[0]);
            expected.add(new Window(decode[0], decode[1], emit[0] / 320, emit[1] / 320));
        }
        assertThat(windows(plan, new int[] {tokens})).isEqualTo(expected);
    }

    /** However the tokens come, and whenever it is known that they were the last. */
    @Test
    void testPlanIsAFunctionOfTheTokensAlone() {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            int right = random.nextInt(6);
            WindowPlan plan =
                    new WindowPlan(
                            right + 1 + random.nextInt(20),
                            1 + random.nextInt(20),
                            random.nextInt(30),
                            right);
            int tokens = random.nextInt(100);
            List<Window> atOnce = windows(plan, new int[] {tokens});
            List<Integer> pieces = new ArrayList<>();
            for (int left = tokens; left > 0; left -= pieces.get(pieces.size() - 1)) {
                pieces.add(1 + random.nextInt(left));
            }
            if (random.nextBoolean()) {
                pieces.add(0);
            }
            int[] split = pieces.stream().mapToInt(Integer::intValue).toArray();
            assertThat(windows(plan, split)).as("%s, %s", plan, pieces).isEqualTo(atOnce);
            assertWhole(atOnce, plan, tokens);
        }
    }

    private static void assertWhole(List<Window> windows, WindowPlan plan, int tokens) {
        int emitted = 0;
        for (Window window : windows) {
            assertThat(window.emitFrom()).isEqualTo(emitted);
            assertThat(window.emitTo()).isGreaterThan(emitted);
            assertThat(window.from()).isEqualTo(Math.max(0, emitted - plan.left()));
            emitted = window.emitTo();
            assertThat(window.to()).isEqualTo(Math.min(tokens, emitted + plan.right()));
        }
        assertThat(emitted).isEqualTo(tokens);
    }

    /** All windows of tokens that come in pieces; with the last one it is known that it is. */
    private static List<Window> windows(WindowPlan plan, int[] pieces) {
        List<Window> windows = new ArrayList<>();
        int emitted = 0;
        int known = 0;
        for (int i = 0; i < pieces.length; i++) {
            known += pieces[i];
            boolean ended = i == pieces.length - 1;
            for (Optional<Window> next = plan.after(emitted, known, ended);
                    next.isPresent();
                    next = plan.after(emitted, known, ended)) {
                windows.add(next.get());
                emitted = next.get().emitTo();
            }
        }
        return windows;
    }

    @ParameterizedTest
    @CsvSource({"5, 1, 0, 5", "1, 0, 0, 0", "1, 1, -1, 0", "1, 1, 0, -1", "0, 1, 0, 0"})
    void testPlanThatNeverEmitsIsRefused(int first, int next, int left, int right) {
        assertThatThrownBy(() -> new WindowPlan(first, next, left, right))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("windows of " + first);
    }
}
