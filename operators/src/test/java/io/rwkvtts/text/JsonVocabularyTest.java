package io.rwkvtts.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The two JSON forms of a vocabulary, sound, repaired and refused. */
class JsonVocabularyTest {

    private static final String TEXT = "naïve <|tag_0|> 你好 😊 \u0080\u00FF";

    @TempDir Path directory;

    private final VocabularyFixture fixture =
            new VocabularyFixture("ï", "你", "Ã©", "é", "ab", "ï¼", "\u0080")
                    .add(new byte[] {(byte) 0xF0, (byte) 0x9F})
                    .add(new byte[] {(byte) 0xE4, (byte) 0xBD});

    @Test
    void testAllFormsGiveTheSameIds() {
        WorldTokenizer text = fixture.tokenizer(directory);

        for (ObjectNode json :
                new ObjectNode[] {
                    fixture.rawJson(),
                    fixture.unifiedJson(),
                    VocabularyFixture.withLatin1Defect(fixture.rawJson()),
                    VocabularyFixture.withLatin1Defect(fixture.unifiedJson())
                }) {
            WorldTokenizer tokenizer = load(json);
            assertThat(tokenizer.size()).isEqualTo(text.size());
            assertThat(tokenizer.spct0()).isEqualTo(text.spct0());
            assertThat(tokenizer.largestTextId()).isEqualTo(text.largestTextId());
            assertThat(tokenizer.encode(TEXT)).isEqualTo(text.encode(TEXT));
            for (int id = 12_293; id <= text.largestTextId(); id++) {
                assertThat(tokenizer.bytes(id)).isEqualTo(text.bytes(id));
            }
        }
    }

    @Test
    void testPropertiesBeginAtTheirEntryWhereverItIs() {
        ObjectNode json = fixture.unifiedJson();
        int pad = fixture.padId();
        for (int n = 0; n < 100; n++) {
            json.put(Integer.toString(pad + n), "<|spct_" + n + "|>");
        }
        json.remove(Integer.toString(pad + 100));

        assertThat(load(json).spct0()).hasValue(pad);
        assertThat(load(json).size()).isEqualTo(fixture.tokens().size());
    }

    @Test
    void testAVocabularyWithoutPropertyEntriesSaysSo() {
        ObjectNode json = fixture.unifiedJson();
        for (int n = 0; n < 100; n++) {
            json.remove(Integer.toString(fixture.padId() + 1 + n));
        }

        assertThat(load(json).spct0()).isEmpty();
        assertThat(load(json).size()).isEqualTo(fixture.tokens().size());
    }

    @Test
    void testRawIdsMayHaveGapsAndAnyOrder() {
        ObjectNode json = fixture.rawJson();
        json.put("70000", "zzzz").put("65000", "zzz");

        WorldTokenizer tokenizer = load(json);

        assertThat(tokenizer.encode("zzzzzzz")).containsExactly(82_292, 77_292);
        assertThat(tokenizer.spct0()).hasValue(12_292 + 70_002);
        assertThatThrownBy(() -> tokenizer.bytes(12_292 + 60_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("id 72292 is no text token");
    }

    @Test
    void testTokensThatAreNotInTheOrderOfTheRepairAreRefused() {
        ObjectNode json = VocabularyFixture.withLatin1Defect(fixture.rawJson());
        json.put("300", "a0");

        assertThatThrownBy(() -> load(json.put("299", "b0")))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining("can't be repaired")
                .hasMessageContaining("raw id 299")
                .hasMessageContaining(".txt");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "8192; <|semantic_token_8192|>; the control entry <|semantic_token_eos|> was expected",
                "8193; <|tag_1|>; id 8193 is \"<|tag_1|>\", but the control entry <|tag_0|>",
                "8196; x; the control entry <|global_token_0|> was expected",
                "12291; x; the control entry <|global_token_4095|> was expected",
                "12292; x; the control entry <|rwkv_tokenizer_end_of_text|> was expected",
                "12560; x; id 12560 is \"x\", but the control entry <|spct_1|> was expected",
                "12659; zz; stands after the last control entry",
                "12658; zz; the control entry <|spct_99|> was expected",
                "12300; <|pad_0|>; the control entry <|pad_1|> was expected",
                "12300; <|spct_0|>; the control entry <|spct_1|> was expected",
            })
    void testControlEntriesOutOfPlaceAreNamed(String id, String entry, String problem) {
        VocabularyFixture small = new VocabularyFixture();
        while (small.padId() < 12_558) {
            small.add(("q" + small.padId()).getBytes(StandardCharsets.UTF_8));
        }
        ObjectNode json = small.unifiedJson();
        assertThat(json.get("12559").asText()).isEqualTo("<|spct_0|>");
        json.put(id, entry);

        assertThatThrownBy(() -> load(json))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            delimiter = ';',
            value = {
                "{}; is an empty object",
                "{\"1\"; is no sound JSON at line 1",
                "{\"1\":\"a\"; is no sound JSON",
                "{\"1\":\"a\",}; is no sound JSON",
                "{\"1\":\"a\",\"1\":\"b\"}; Duplicate",
                "{\"1\":\"a\"} x; is no sound JSON",
                "{\"1\":\"a\"} {}; has more after the object",
                "{\"x\":\"a\"}; key \"x\" is no id",
                "{\"-1\":\"a\"}; key \"-1\" is no id",
                "{\"01\":\"a\"}; key \"01\" is no id",
                "{\"1.0\":\"a\"}; key \"1.0\" is no id",
                "{\"\":\"a\"}; key \"\" is no id",
                "{\"99999999999999999999\":\"a\"}; key \"99999999999999999999\" is no id",
                "{\"0\":\"a\"}; raw id 0 is out of range",
                "{\"1\":\"a\",\"99999999\":\"b\"}; raw id 99999999 is out of range",
                "{\"1\":7}; id 1 is neither a string nor an array",
                "{\"1\":null}; id 1 is neither a string nor an array",
                "{\"1\":true}; id 1 is neither a string nor an array",
                "{\"1\":{\"a\":1}}; id 1 is neither a string nor an array",
                "{\"1\":[256]}; id 1 has \"256\" in its array",
                "{\"1\":[-1]}; id 1 has \"-1\" in its array",
                "{\"1\":[1.5]}; id 1 has \"1.5\" in its array",
                "{\"1\":[\"a\"]}; id 1 has \"a\" in its array",
                "{\"1\":[[[[1]]]]}; id 1 has \"[\" in its array",
                "{\"1\":[1; is no sound JSON",
                "{\"1\":[9999999999999999999999]}; is no sound JSON",
                "{\"1\":\"\\ud83d\"}; id 1 has half a surrogate pair",
                "{\"1\":\"\"}; raw id 1 is empty",
                "{\"1\":[]}; raw id 1 is empty",
                "{\"1\":\"a\",\"2\":[97]}; raw ids 1 and 2 are the same token, bytes 61",
                "{\"1\":\"a\"}; no token is the single byte 00",
            })
    void testAMalformedObjectIsRefusedWithItsPlace(String content, String problem) {
        VocabularyFixture.assertRefused(directory, content, problem);
    }

    @Test
    void testAByteOrderMarkAndTheEndOfTextAreRead() {
        String json =
                new VocabularyFixture("ab")
                        .rawJson()
                        .put("0", "<|rwkv_tokenizer_end_of_text|>")
                        .toString();
        Path file = VocabularyFixture.write(directory, "\ufeff" + json + "\r\n\r\n");

        assertThat(WorldTokenizer.load(file).size()).isEqualTo(257);
    }

    @Test
    void testDeepNestingIsRefusedAtItsFirstLevel() {
        Path file =
                VocabularyFixture.write(
                        directory, "{\"1\":" + "[".repeat(1_000_000) + "]".repeat(1_000_000) + "}");

        assertThatThrownBy(() -> WorldTokenizer.load(file))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining("id 1 has \"[\" in its array");
    }

    @Test
    void testBytesThatAreNotUtf8AreRefused() {
        Path file =
                VocabularyFixture.write(
                        directory,
                        new byte[] {'{', '"', '1', '"', ':', '"', (byte) 0xFF, '"', '}'});

        assertThatThrownBy(() -> WorldTokenizer.load(file))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining("is no sound JSON at line 1");
    }

    private WorldTokenizer load(ObjectNode json) {
        return WorldTokenizer.load(VocabularyFixture.write(directory, json.toString()));
    }
}
