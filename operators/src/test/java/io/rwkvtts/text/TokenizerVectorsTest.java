package io.rwkvtts.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tokenizer against the published cases of the specification. */
class TokenizerVectorsTest {

    /** System property that names a copy of rwkv_vocab_v20230424.txt or of its JSON forms. */
    private static final String WORLD_PROPERTY = "tts.world.vocab";

    @ParameterizedTest
    @ValueSource(strings = {"mini_vocab.txt", "mini_tokenizer.json", "mini_tokenizer_latin1.json"})
    void testEachFormOfTheMiniVocabularyGivesTheExpectedIds(String file) throws IOException {
        JsonNode vectors = vectors("tokenizer_mini.json");
        WorldTokenizer tokenizer = WorldTokenizer.load(resource(file));

        assertThat(tokenizer.spct0()).hasValue(vectors.get("spct_0").asInt());
        assertThat(tokenizer.size()).isEqualTo(292);
        assertThat(tokenizer.largestTextId()).isEqualTo(WorldTokenizer.TEXT_OFFSET + 292);
        checkCases(tokenizer, vectors.get("cases"), 0);
    }

    @Test
    void testTheWorldVocabularyGivesTheExpectedIds() throws IOException {
        String file = System.getProperty(WORLD_PROPERTY);
        assumeTrue(file != null, "-D" + WORLD_PROPERTY + " names no vocabulary file");
        JsonNode vectors = vectors("tokenizer_world.json");
        WorldTokenizer tokenizer = WorldTokenizer.load(Path.of(file));

        assertThat(tokenizer.size()).isEqualTo(vectors.get("entries").asInt());
        assertThat(tokenizer.spct0()).hasValue(77_823);
        checkCases(tokenizer, vectors.get("cases"), WorldTokenizer.TEXT_OFFSET);
    }

    private static void checkCases(WorldTokenizer tokenizer, JsonNode cases, int offset) {
        assertThat(cases).hasSizeGreaterThan(40);
        for (JsonNode entry : cases) {
            int[] expected =
                    IntStream.range(0, entry.get("ids").size())
                            .map(i -> offset + entry.get("ids").get(i).asInt())
                            .toArray();
            if (entry.has("text")) {
                String text = entry.get("text").asText();
                assertThat(tokenizer.encode(text)).as(text).isEqualTo(expected);
                assertThat(tokenizer.decode(expected)).isEqualTo(text);
            } else {
                byte[] bytes = HexFormat.of().parseHex(entry.get("bytes_hex").asText());
                assertThat(tokenizer.encode(bytes)).as(entry.toString()).isEqualTo(expected);
                assertThat(bytes(tokenizer, expected)).isEqualTo(bytes);
            }
        }
    }

    private static byte[] bytes(WorldTokenizer tokenizer, int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(tokenizer.bytes(id));
        }
        return bytes.toByteArray();
    }

    private static JsonNode vectors(String name) throws IOException {
        try (InputStream in = url(name).openStream()) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static Path resource(String name) {
        try {
            return Path.of(url(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static URL url(String name) {
        return TokenizerVectorsTest.class.getResource("/vectors/" + name);
    }
}
