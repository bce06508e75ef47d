package io.rwkvtts.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.Vectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases of {@code forward.json}, whose checkpoint of 10 MB is not in the repository: runs with
 * {@code -Dtts.vectors.dir=…}, the directory of both.
 */
@EnabledIfSystemProperty(named = "tts.vectors.dir", matches = ".+")
class ForwardVectorsTest {

    private static JsonNode vectors;
    private static Checkpoint checkpoint;

    @BeforeAll
    static void open() throws IOException {
        Path directory = Path.of(System.getProperty("tts.vectors.dir"));
        vectors = Vectors.json(directory.resolve("forward.json"));
        checkpoint = Checkpoint.open(directory.resolve(vectors.get("model").asText()));
    }

    @AfterAll
    static void close() {
        checkpoint.close();
    }

    static Stream<JsonNode> cases() {
        return StreamSupport.stream(vectors.get("cases").spliterator(), false);
    }

    @Test
    void testShapeIsTheExpectedOne() {
        JsonNode expected = vectors.get("expected_shape");
        JsonNode ranks = expected.get("lora_ranks");
        assertThat(checkpoint.naming().label()).isEqualTo(expected.get("naming").asText());
        assertThat(checkpoint.shape())
                .isEqualTo(
                        new ModelShape(
                                expected.get("n_layer").asInt(),
                                expected.get("n_embd").asInt(),
                                expected.get("n_head").asInt(),
                                expected.get("head_size").asInt(),
                                expected.get("n_ffn").asInt(),
                                expected.get("vocab_rows").asInt(),
                                expected.get("head_rows").asInt(),
                                ranks.get("w").asInt(),
                                ranks.get("a").asInt(),
                                ranks.get("g").asInt(),
                                ranks.get("v").asInt()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void testLogitsAndStateAfterPromptAndAfterGreedySteps(JsonNode vector) {
        ReferenceForward forward = new ReferenceForward(checkpoint);
        int[] prompt = new ObjectMapper().convertValue(vector.get("prompt"), int[].class);
        double[] logits = forward.feed(prompt);
        check(vector.get("prefill"), forward, logits);
        JsonNode greedy = vector.get("greedy");
        for (JsonNode token : greedy.get("tokens")) {
            assertThat(largest(logits)).isEqualTo(token.asInt());
            logits = forward.feed(token.asInt());
        }
        check(greedy.get("after"), forward, logits);
    }

    private static void check(JsonNode expected, ReferenceForward forward, double[] logits) {
        JsonNode tolerance = vectors.get("tolerance");
        double logitTolerance = tolerance.get("logits_abs").asDouble();
        double stateTolerance = tolerance.get("state_value_abs").asDouble();
        double relative = tolerance.get("l2_rel").asDouble();
        for (String list : new String[] {"top16", "logits_at"}) {
            for (JsonNode pair : expected.get(list)) {
                assertThat(logits[pair.get(0).asInt()])
                        .isCloseTo(pair.get(1).asDouble(), within(logitTolerance));
            }
        }
        assertNorm(Arrays.stream(logits), expected.get("logits_l2"), relative);
        for (int layer = 0; layer < checkpoint.shape().layers(); layer++) {
            double[] shift = forward.attentionShift[layer];
            assertNorm(Arrays.stream(shift), expected.get("att_x_l2").get(layer), relative);
            for (int i = 0; i < 4; i++) {
                assertThat(shift[i])
                        .isCloseTo(
                                expected.get("att_x_first4").get(layer).get(i).asDouble(),
                                within(stateTolerance));
            }
            assertNorm(
                    Arrays.stream(forward.channelShift[layer]),
                    expected.get("ffn_x_l2").get(layer),
                    relative);
            for (int head = 0; head < checkpoint.shape().heads(); head++) {
                assertNorm(
                        Arrays.stream(forward.wkv[layer][head]).flatMapToDouble(Arrays::stream),
                        expected.get("wkv_l2").get(layer).get(head),
                        relative);
            }
        }
        for (JsonNode at : expected.get("wkv_at")) {
            double[][] state = forward.wkv[at.get(0).asInt()][at.get(1).asInt()];
            assertThat(state[at.get(2).asInt()][at.get(3).asInt()])
                    .isCloseTo(at.get(4).asDouble(), within(stateTolerance));
        }
    }

    private static void assertNorm(DoubleStream values, JsonNode expected, double relative) {
        assertThat(Math.sqrt(values.map(v -> v * v).sum()))
                .isCloseTo(expected.asDouble(), within(expected.asDouble() * relative));
    }

    private static int largest(double[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }
}
