package io.rwkvtts.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.sampling.SamplingParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EngineThreadTest {

    private final List<String> calls = new ArrayList<>();

    @Test
    void testAllCallsRunOnTheThread() throws Exception {
        EngineThread engine = EngineThread.open("device", RecordingEngine::new, () -> {});
        engine.step(new int[] {0}, new int[] {7}, 1);
        engine.clear(0);
        EngineSampler sampler = engine.sampler().orElseThrow();
        sampler.put(0, 0, 10, -1, null, 0.5);
        sampler.draw(1);
        assertThat(sampler.token(0)).isEqualTo(42);
        engine.close();
        assertThat(calls)
                .containsExactly(
                        "open on device",
                        "step on device",
                        "clear on device",
                        "put on device",
                        "draw on device",
                        "token on device",
                        "close on device");
        assertThatThrownBy(() -> engine.clear(0)).hasMessage("the engine is closed");
    }

    @Test
    void testAnEngineThatDoesNotOpenLeavesNoThread() {
        List<String> closed = new ArrayList<>();
        assertThatThrownBy(
                        () ->
                                EngineThread.open(
                                        "broken",
                                        () -> {
                                            throw new IllegalStateException("no device");
                                        },
                                        () -> closed.add("closed")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no device");
        assertThat(closed).containsExactly("closed");
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(t -> t.getName().equals("broken"));
    }

    /** An engine and its sampler, which tell on which thread they are called. */
    private final class RecordingEngine implements InferenceEngine, EngineSampler {

        private RecordingEngine() {
            record("open");
        }

        private void record(String call) {
            calls.add(call + " on " + Thread.currentThread().getName());
        }

        @Override
        public EngineModel model() {
            return new EngineModel("weights", "numerics", 1, 10, 10, 4);
        }

        @Override
        public int slots() {
            return 1;
        }

        @Override
        public void clear(int slot) {
            record("clear");
        }

        @Override
        public void prefill(List<PromptPiece> pieces) {
            record("prefill");
        }

        @Override
        public void step(int[] slotOf, int[] tokens, int count) {
            record("step");
        }

        @Override
        public void logits(int slot, float[] destination, int count) {
            record("logits");
        }

        @Override
        public byte[] saveState(int slot) {
            record("save");
            return new byte[4];
        }

        @Override
        public void loadState(int slot, byte[] state) {
            record("load");
        }

        @Override
        public Optional<EngineSampler> sampler() {
            return Optional.of(this);
        }

        @Override
        public void put(
                int index,
                int slot,
                int length,
                int forbidden,
                SamplingParameters parameters,
                double u) {
            record("put");
        }

        @Override
        public void draw(int count) {
            record("draw");
        }

        @Override
        public int token(int index) {
            record("token");
            return 42;
        }

        @Override
        public void close() {
            record("close");
        }
    }
}
