package io.rwkvtts.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.Vectors;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class VoicePropertiesTest {

    /** The properties of a case of the vectors. */
    static VoiceProperties properties(JsonNode c) {
        return VoiceProperties.of(
                c.get("age").asText(),
                c.get("gender").asText(),
                c.get("emotion").asText(),
                c.get("pitch").asText(),
                c.get("speed").asText());
    }

    @Test
    void testEveryCaseOfTheVectors() {
        JsonNode vectors = Vectors.json("properties.json");
        assertThat(vectors.get("cases")).hasSize(13);
        for (JsonNode c : vectors.get("cases")) {
            VoiceProperties properties = properties(c);
            assertThat(properties.ids(vectors.get("spct_0").asInt()))
                    .as("%s", c)
                    .containsExactly(Vectors.ints(c.get("ids")));
        }
    }

    /** First and last name of each attribute, as spec 3.3 numbers them. */
    @Test
    void testNumbersOfTheOutermostNames() {
        assertThat(VoiceProperties.of("child", "female", "UNKNOWN", "low_pitch", "very_slow"))
                .isEqualTo(new VoiceProperties(13, 46, 21, 6, 1));
        assertThat(
                        VoiceProperties.of(
                                "elderly", "male", "CONTEMPT", "very_high_pitch", "very_fast"))
                .isEqualTo(new VoiceProperties(17, 47, 45, 9, 5));
    }

    @Test
    void testMissingAttributesHaveDefaults() {
        assertThat(VoiceProperties.of(null, null, null, null, null))
                .isEqualTo(VoiceProperties.DEFAULT)
                .isEqualTo(
                        VoiceProperties.of(
                                "youth-adult", "female", "NEUTRAL", "medium_pitch", "medium"));
        assertThat(VoiceProperties.of(null, "male", null, null, null))
                .isEqualTo(new VoiceProperties(15, 47, 22, 7, 3));
    }

    @Test
    void testNamesDoNotDependOnTheLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(new Locale("tr", "TR"));
        try {
            assertThat(VoiceProperties.of("MIDDLE-AGED", null, "whisper", "HIGH_PITCH", null))
                    .isEqualTo(new VoiceProperties(16, 46, 37, 8, 3));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void testUnknownNameIsRefusedWithTheAllowedOnes() {
        assertThatThrownBy(() -> VoiceProperties.of(null, null, null, "low", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "pitch is \"low\", expected one of low_pitch, medium_pitch, high_pitch,"
                                + " very_high_pitch");
        assertThatThrownBy(() -> VoiceProperties.of("", null, null, null, null))
                .hasMessageStartingWith("age is \"\", expected one of child, ");
        assertThatThrownBy(() -> VoiceProperties.of(null, "unknown", null, null, null))
                .hasMessage("gender is \"unknown\", expected one of female, male");
        assertThatThrownBy(() -> VoiceProperties.of(null, null, "joyful", null, null))
                .hasMessageStartingWith("emotion is \"joyful\"");
        assertThatThrownBy(() -> VoiceProperties.of(null, null, null, null, "1.0"))
                .hasMessageStartingWith("speed is \"1.0\"");
    }

    @Test
    void testLongUnknownNameIsQuotedInExcerpt() {
        assertThatThrownBy(() -> VoiceProperties.of("x".repeat(1_000_000), null, null, null, null))
                .hasMessageStartingWith("age is \"" + "x".repeat(64) + "…\", expected one of ");
    }
}
