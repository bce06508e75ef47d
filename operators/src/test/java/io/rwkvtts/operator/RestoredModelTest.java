package io.rwkvtts.operator;

import static io.rwkvtts.operator.Events.requests;
import static io.rwkvtts.operator.SynthesizeHarness.undisturbed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.ScriptedEngine;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A restore with another model than that of the snapshot. */
@Timeout(60)
class RestoredModelTest {

    @Test
    void testRefusesToContinueWithOtherWeights() throws Exception {
        OperatorSubtaskState state = inMidGeneration();
        SynthesizeHarness.Builder other =
                new SynthesizeHarness.Builder()
                        .engine(
                                gpus ->
                                        SynthesizeHarness.scripted(
                                                4, model("other", "scripted-numerics")))
                        .restore(state);
        assertThatThrownBy(other::open)
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("request-0")
                .hasMessageContaining("scripted-weights")
                .hasMessageContaining("other");
    }

    @Test
    void testContinuesWithOtherWeightsFromItsTokensIfToldSo() throws Exception {
        List<RequestEvent> events = requests(1);
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder()
                        .engine(gpus -> SynthesizeHarness.scripted(4, model("other", "numerics")))
                        .recomputeForOtherWeights()
                        .restore(inMidGeneration())
                        .open()) {
            task.drain();
            List<String> continued = task.speech().get("request-0");
            // The scripted engine generates the same whatever the id of its weights.
            List<String> expected = undisturbed(events).get("request-0");
            assertThat(continued)
                    .isEqualTo(
                            expected.stream()
                                    .map(record -> record.replace("scripted-weights", "other"))
                                    .toList());
        }
    }

    @Test
    void testRefusesToRecomputeWithAModelThatDoesNotKnowThePrompt() throws Exception {
        EngineModel small =
                new EngineModel("small", "n", 1, 12_590, 8193, model("x", "x").stateBytes());
        SynthesizeHarness.Builder other =
                new SynthesizeHarness.Builder()
                        .engine(gpus -> SynthesizeHarness.scripted(4, small))
                        .recomputeForOtherWeights()
                        .restore(inMidGeneration());
        assertThatThrownBy(other::open).isInstanceOf(SuppressRestartsException.class);
    }

    @Test
    void testContinuesWithOtherNumerics() throws Exception {
        try (SynthesizeHarness task =
                new SynthesizeHarness.Builder()
                        .engine(
                                gpus ->
                                        SynthesizeHarness.scripted(
                                                4, model("scripted-weights", "avx9")))
                        .restore(inMidGeneration())
                        .open()) {
            task.drain();
            assertThat(task.finishReasons("request-0")).hasSize(1);
        }
    }

    private static EngineModel model(String weights, String numerics) {
        EngineModel scripted = ScriptedEngine.model(12_686, 8193);
        return new EngineModel(
                weights,
                numerics,
                scripted.stateLayout(),
                scripted.vocabRows(),
                scripted.headRows(),
                scripted.stateBytes());
    }

    private static OperatorSubtaskState inMidGeneration() throws Exception {
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            task.process(requests(1).get(0));
            task.steps(20);
            return task.snapshot();
        }
    }
}
