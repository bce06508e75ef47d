package io.rwkvtts.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.Vectors;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One model in six files: {@code naming.json}. */
class NamingVectorsTest {

    private static final JsonNode VECTORS = Vectors.json(Vectors.file("naming.json"));

    static Stream<JsonNode> files() {
        return StreamSupport.stream(VECTORS.get("files").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("files")
    void testNamingAndSizesAreFound(JsonNode file) throws IOException {
        JsonNode expected = VECTORS.get("shape");
        JsonNode ranks = expected.get("lora_ranks");
        try (Checkpoint checkpoint = open(file)) {
            ModelShape shape = checkpoint.shape();
            assertThat(checkpoint.naming().label()).isEqualTo(file.get("naming").asText());
            assertThat(shape.headRows()).isEqualTo(file.get("head_rows").asInt());
            assertThat(shape.layers()).isEqualTo(expected.get("n_layer").asInt());
            assertThat(shape.width()).isEqualTo(expected.get("n_embd").asInt());
            assertThat(shape.heads()).isEqualTo(expected.get("n_head").asInt());
            assertThat(shape.headSize()).isEqualTo(64);
            assertThat(shape.ffnWidth()).isEqualTo(192);
            assertThat(shape.vocabRows()).isEqualTo(expected.get("vocab_rows").asInt());
            assertThat(shape.decayRank()).isEqualTo(ranks.get("w").asInt());
            assertThat(shape.aRank()).isEqualTo(ranks.get("a").asInt());
            assertThat(shape.gateRank()).isEqualTo(ranks.get("g").asInt());
            assertThat(shape.valueRank()).isEqualTo(ranks.get("v").asInt());
            assertThat(checkpoint.randomSeed()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void testTensorsAreThoseOfTheOfficialFileWithinTheRoundingOfTheType(JsonNode file)
            throws IOException {
        double relative =
                switch (file.get("dtype").asText()) {
                    case "F32" -> 0;
                    case "F16" -> 0x1p-11;
                    default -> 0x1p-8;
                };
        try (Checkpoint expected =
                        Checkpoint.open(Vectors.file("naming/official-f32.safetensors"));
                Checkpoint actual = open(file)) {
            List<OfficialTensor> tensors = OfficialTensors.of(actual.shape()).toList();
            assertThat(tensors).hasSize(69);
            for (OfficialTensor tensor : tensors) {
                float[] want = expected.tensor(tensor.name());
                float[] got = actual.tensor(tensor.name());
                assertThat(got).as(tensor.name()).hasSize((int) tensor.elements());
                for (int i = 0; i < got.length; i++) {
                    assertThat((double) got[i])
                            .as("%s[%d]", tensor.name(), i)
                            .isCloseTo(want[i], within(Math.abs(want[i]) * relative + 1e-7));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void testLogitsAgree(JsonNode file) throws IOException {
        int[] prompt = new ObjectMapper().convertValue(VECTORS.get("prompt"), int[].class);
        try (Checkpoint checkpoint = open(file)) {
            double[] logits = new ReferenceForward(checkpoint).feed(prompt);
            JsonNode expected = VECTORS.get("logits");
            assertThat(logits).hasSize(checkpoint.shape().headRows());
            for (int i = 0; i < expected.size(); i++) {
                assertThat(logits[i])
                        .as("logit %d", i)
                        .isCloseTo(
                                expected.get(i).asDouble(),
                                within(VECTORS.get("tolerance_abs").asDouble()));
            }
        }
    }

    /** The values of this model are exact in each type; the respark file has fewer head rows. */
    @Test
    void testEqualWeightsHaveOneIdInAnyNamingOrderAndType() throws IOException {
        Map<String, Set<Integer>> headRowsById = new HashMap<>();
        for (JsonNode file : VECTORS.get("files")) {
            try (Checkpoint checkpoint = open(file)) {
                assertThat(checkpoint.weightsId()).matches("[0-9a-f]{64}");
                headRowsById
                        .computeIfAbsent(checkpoint.weightsId(), id -> new HashSet<>())
                        .add(checkpoint.shape().headRows());
            }
        }
        assertThat(headRowsById.values()).containsExactlyInAnyOrder(Set.of(96), Set.of(40));
    }

    private static Checkpoint open(JsonNode file) throws IOException {
        return Checkpoint.open(Vectors.file(file.get("file").asText()));
    }
}
