package io.rwkvtts.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The cases of {@code sampler.json}. */
class SamplerVectorsTest {

    private static final JsonNode VECTORS = read("/vectors/sampler.json");

    private final Sampler sampler = new Sampler(8193);

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

    private static JsonNode read(String resource) {
        try (InputStream in = SamplerVectorsTest.class.getResourceAsStream(resource)) {
            return new ObjectMapper().readTree(in);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
