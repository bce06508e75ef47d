package io.rwkvtts.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.Vectors;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CounterRandomTest {

    @Test
    void testEveryCaseOfTheVectorsToTheBit() {
        JsonNode cases = Vectors.json("rng.json").get("cases");
        assertThat(cases).hasSize(60);
        for (JsonNode c : cases) {
            long seed = Long.parseUnsignedLong(c.get("seed").asText());
            double u =
                    CounterRandom.uniform(seed, c.get("stream").asLong(), c.get("step").asLong());
            assertThat(u).as("%s", c).isEqualTo(c.get("u").asDouble());
            assertThat((long) (u * 0x1p53)).isEqualTo(c.get("bits53").asLong());
        }
    }

    @Test
    void testNumbersAreInRange() {
        for (long step = 0; step < 100_000; step++) {
            assertThat(CounterRandom.uniform(3, 2000, step)).isBetween(0.0, Math.nextDown(1.0));
        }
    }

    /** These values are a promise: a replay by a later release must draw the same numbers. */
    @Test
    void testSeedOfAnIdNeverChanges() {
        assertThat(CounterRandom.seedOf("")).isEqualTo(0xe3b0c44298fc1c14L);
        assertThat(CounterRandom.seedOf("abc")).isEqualTo(0xba7816bf8f01cfeaL);
    }

    @Test
    void testSimilarIdsHaveDifferentSeeds() {
        Set<Long> seeds = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            seeds.add(CounterRandom.seedOf("request-" + i));
        }
        assertThat(seeds).hasSize(10_000);
    }
}
