package io.rwkvtts.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.Vectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The cases of {@code sampler.json}. */
class SamplerVectorsTest {

    private static final JsonNode VECTORS = Vectors.json("sampler.json");

    private final Sampler sampler = new Sampler(8193);
    private final LogitColumns columns = new LogitColumns(8193);
    private final Weights weights = new Weights(8193);
    private final Truncation truncation = new Truncation(8193);

    @Test
    void testLogitsFormulaGivesCheckedNumbers() {
        JsonNode check = VECTORS.get("formula_check");
        float[] logits = formula(check);
        for (int i = 0; i < logits.length; i++) {
            assertThat(logits[i]).isEqualTo((float) check.get("logits").get(i).asDouble());
        }
    }

    @TestFactory
    Stream<DynamicTest> testEveryCase() {
        return StreamSupport.stream(VECTORS.get("cases").spliterator(), false)
                .map(c -> DynamicTest.dynamicTest(c.get("name").asText(), () -> check(c)));
    }

    private void check(JsonNode c) {
        float[] logits =
                c.has("logits") ? given(c.get("logits")) : formula(c.get("logits_formula"));
        int forbidden = c.has("forbid") ? c.get("forbid").get(0).asInt() : Sampler.NONE;
        SamplingParameters parameters =
                new SamplingParameters(
                        c.get("temperature").asDouble(),
                        c.get("top_p").asDouble(),
                        c.get("top_k").asInt());
        int token =
                sampler.sample(logits, logits.length, forbidden, parameters, c.get("u").asDouble());
        assertThat(token).isEqualTo(c.get("token").asInt());
        if (c.has("kept_count")) {
            checkKept(c, logits, forbidden, parameters);
        }
    }

    private void checkKept(
            JsonNode c, float[] logits, int forbidden, SamplingParameters parameters) {
        columns.set(logits, logits.length, forbidden);
        weights.set(columns);
        int kept = truncation.apply(columns, parameters.topP(), parameters.topK());
        assertThat(kept).isEqualTo(c.get("kept_count").asInt());
        double mass = 0;
        for (int i = 0; i < kept; i++) {
            mass += weights.array()[truncation.kept()[i]] / weights.sum();
            if (i < 8) {
                assertThat(truncation.kept()[i]).isEqualTo(c.get("kept_ids_first8").get(i).asInt());
            }
        }
        // The vectors' logits have 9 digits, a float's fewer.
        assertThat(mass)
                .isCloseTo(c.get("kept_mass_before_renormalisation").asDouble(), within(1e-6));
    }

    private static float[] given(JsonNode numbers) {
        float[] logits = new float[numbers.size()];
        for (int i = 0; i < logits.length; i++) {
            JsonNode number = numbers.get(i);
            logits[i] =
                    number.asText().equals("-inf")
                            ? Float.NEGATIVE_INFINITY
                            : (float) number.asDouble();
        }
        return logits;
    }

    private static float[] formula(JsonNode f) {
        float[] logits = new float[f.get("n").asInt()];
        for (int i = 0; i < logits.length; i++) {
            int h = i * (int) 2654435761L + f.get("seed").asInt() * 40503;
            h ^= h >>> 16;
            h *= (int) 2246822519L;
            h ^= h >>> 13;
            logits[i] =
                    (float)
                            ((Integer.toUnsignedLong(h) * 0x1p-32 - 0.5)
                                    * f.get("scale").asDouble());
        }
        return logits;
    }
}
