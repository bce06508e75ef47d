package io.rwkvtts.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.Vectors;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code forward.json}, whose checkpoint of 10 MB is not in the repository: run with {@code
 * -Dtts.vectors.dir=} the directory of both.
 */
@EnabledIfSystemProperty(named = "tts.vectors.dir", matches = ".+")
class ForwardVectorsTest {

    @TempDir private static Path temporary;

    private static JsonNode vectors;
    private static ModelShape shape;
    private static CpuEngine engine;

    @BeforeAll
    static void exportModel() throws IOException {
        Path directory = Path.of(System.getProperty("tts.vectors.dir"));
        vectors = Vectors.json(directory.resolve("forward.json"));
        Path file = directory.resolve(vectors.get("model").asText());
        ModelDirectory model =
                TestModels.export(file, Quantization.NONE, temporary.resolve("model"));
        shape = model.shape();
        engine = CpuEngine.open(model, new EngineOptions(2, 1, false, false));
    }

    @AfterAll
    static void closeEngine() {
        if (engine != null) {
            engine.close();
        }
    }

    @BeforeEach
    void clearSlot() {
        engine.clear(0);
    }

    static Stream<JsonNode> cases() {
        return StreamSupport.stream(vectors.get("cases").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void testPrefillAndGreedySteps(JsonNode test) {
        int[] prompt = integers(test.get("prompt"));
        feed(prompt, 0, prompt.length);
        assertResult(test.get("prefill"));
        JsonNode greedy = test.get("greedy");
        for (JsonNode token : greedy.get("tokens")) {
            assertThat(largest(logits())).isEqualTo(token.asInt());
            engine.step(new int[] {0}, new int[] {token.asInt()}, 1);
        }
        assertResult(greedy.get("after"));
    }

    @Test
    void testCutsOfAPromptChangeNothing() {
        JsonNode split = vectors.get("split_prefill");
        JsonNode test =
                cases().filter(c -> c.get("name").equals(split.get("prompt_case")))
                        .findFirst()
                        .orElseThrow();
        int[] prompt = integers(test.get("prompt"));
        feed(prompt, 0, prompt.length);
        float[] whole = logits();
        byte[] state = engine.saveState(0);
        for (JsonNode cuts : split.get("cuts")) {
            engine.clear(0);
            int from = 0;
            for (JsonNode cut : cuts) {
                feed(prompt, from, cut.asInt());
                from = cut.asInt();
            }
            feed(prompt, from, prompt.length);
            assertThat(logits()).as("cuts %s", cuts).isEqualTo(whole);
            assertThat(engine.saveState(0)).as("cuts %s", cuts).isEqualTo(state);
        }
    }

    private static void feed(int[] prompt, int from, int to) {
        engine.prefill(List.of(new PromptPiece(0, prompt, from, to)));
    }

    private static float[] logits() {
        float[] logits = new float[engine.model().headRows()];
        engine.logits(0, logits, logits.length);
        return logits;
    }

    private static int largest(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private static void assertResult(JsonNode expected) {
        JsonNode tolerance = vectors.get("tolerance");
        double logitTolerance = tolerance.get("logits_abs").asDouble();
        double stateTolerance = tolerance.get("state_value_abs").asDouble();
        float[] logits = logits();
        for (String name : new String[] {"top16", "logits_at"}) {
            for (JsonNode logit : expected.get(name)) {
                assertThat((double) logits[logit.get(0).asInt()])
                        .as("logit %s", logit)
                        .isCloseTo(logit.get(1).asDouble(), within(logitTolerance));
            }
        }
        double norm = 0;
        for (float logit : logits) {
            norm += (double) logit * logit;
        }
        double expectedNorm = expected.get("logits_l2").asDouble();
        assertThat(Math.sqrt(norm))
                .isCloseTo(expectedNorm, within(expectedNorm * tolerance.get("l2_rel").asDouble()));

        StateView state = new StateView(shape, engine.saveState(0));
        for (int layer = 0; layer < shape.layers(); layer++) {
            JsonNode first = expected.get("att_x_first4").get(layer);
            for (int i = 0; i < first.size(); i++) {
                assertThat(state.attentionShift(layer)[i])
                        .isCloseTo(first.get(i).asDouble(), within(stateTolerance));
            }
        }
        for (JsonNode at : expected.get("wkv_at")) {
            assertThat(
                            state.wkv(
                                    at.get(0).asInt(),
                                    at.get(1).asInt(),
                                    at.get(2).asInt(),
                                    at.get(3).asInt()))
                    .as("wkv %s", at)
                    .isCloseTo(at.get(4).asDouble(), within(stateTolerance));
        }
    }

    private static int[] integers(JsonNode array) {
        return new ObjectMapper().convertValue(array, int[].class);
    }
}
