package io.rwkvtts.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.Vectors;
import io.rwkvtts.text.WorldTokenizer;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptBuilderTest {

    private static final JsonNode TTS = Vectors.json("tts.json");

    private final PromptBuilder prompts = promptBuilder("mini_tokenizer.json");

    @ParameterizedTest
    @ValueSource(strings = {"mini_vocab.txt", "mini_tokenizer.json", "mini_tokenizer_latin1.json"})
    void testPromptsByPropertiesOfTheVectors(String vocabulary) {
        PromptBuilder builder = promptBuilder(vocabulary);
        assertThat(TTS.get("normal")).hasSize(3);
        for (JsonNode c : TTS.get("normal")) {
            VoiceProperties properties = VoicePropertiesTest.properties(c);
            assertThat(builder.byProperties(properties, c.get("text").asText()).tokens())
                    .containsExactly(Vectors.ints(c.get("prompt_ids")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mini_vocab.txt", "mini_tokenizer.json", "mini_tokenizer_latin1.json"})
    void testPromptsByVoiceOfTheVectors(String vocabulary) {
        PromptBuilder builder = promptBuilder(vocabulary);
        assertThat(TTS.get("clone")).hasSize(2);
        for (JsonNode c : TTS.get("clone")) {
            Voice voice =
                    new Voice(
                            "vectors",
                            c.get("prompt_text").asText(),
                            Vectors.ints(c.get("voice_global_tokens")),
                            Vectors.ints(c.get("voice_semantic_tokens")));
            assertThat(builder.byVoice(voice, c.get("text").asText()).tokens())
                    .containsExactly(Vectors.ints(c.get("prompt_ids")));
        }
    }

    /** The seam is inside the vocabulary's token "world". */
    @Test
    void testTranscriptAndTextAreTokenisedTogether() {
        WorldTokenizer tokenizer = WorldTokenizer.load(Vectors.file("mini_tokenizer.json"));
        Voice voice = new Voice("v", "the worl", new int[32], new int[0]);
        int[] prompt = prompts.byVoice(voice, "d again").tokens();
        assertThat(Arrays.copyOfRange(prompt, 1, prompt.length - 34))
                .containsExactly(tokenizer.encode("the world again"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "This is it. | Hello. | This is it. Hello.",
                "This is it | Hello. | This is it Hello.",
                "“This is it.” | Hello. | “This is it.” Hello.",
                "Is it? | and more | Is it? and more",
                "'This is it. ' | Hello. | This is it. Hello.",
                "'This is it.\r\n' | Hello. | This is it. Hello.",
                "'\uFEFFThis\u00A0is it.' | Hello. | This is it. Hello.",
                "你好。 | 今天天气不错。 | 你好。今天天气不错。",
                "你好。 | Hello. | 你好。Hello.",
                "Hello. | 你好。 | Hello.你好。",
                "はい。 | 行きます。 | はい。行きます。",
                "안녕하세요. | 반갑습니다. | 안녕하세요. 반갑습니다.",
                "यह है। | नमस्ते | यह है। नमस्ते",
                "यह है | नमस्ते | यह है नमस्ते",
                "هل أنت هنا؟ | نعم | هل أنت هنا؟ نعم",
                "the worl | d again | the world again",
                "the world | hello again | the worldhello again",
            })
    void testTranscriptAndTextAreJoinedAsTheirScriptsAreWritten(
            String transcript, String text, String joined) {
        WorldTokenizer tokenizer = WorldTokenizer.load(Vectors.file("mini_tokenizer.json"));
        Voice voice =
                new Voice("v", transcript.translateEscapes(), new int[32], new int[] {1, 2, 3});
        int[] prompt = prompts.byVoice(voice, text).tokens();
        assertThat(tokenizer.decode(Arrays.copyOfRange(prompt, 1, prompt.length - 34 - 3)))
                .isEqualTo(joined);
    }

    @Test
    void testWithoutTranscriptTheRecordingIsLeftOut() {
        int[] globals = globals();
        Voice voice = new Voice("v", "", globals, new int[] {1, 2, 3});
        assertThat(prompts.byVoice(voice, "hello").tokens())
                .containsExactly(prompts.byGlobals(globals, "hello").tokens());
    }

    @Test
    void testLaterSegmentsHaveTextThenGlobals() {
        int[] prompt = prompts.byGlobals(globals(), "a").tokens();
        assertThat(prompt).hasSize(3 + 32 + 1);
        assertThat(prompt).startsWith(8195, 12390, 8193, 8196, 8197).endsWith(8196 + 31, 8194);
    }

    @Test
    void testEmptyTextIsRefused() {
        Voice voice = new Voice("v", "the world", new int[32], new int[0]);
        assertThatThrownBy(() -> prompts.byProperties(VoiceProperties.DEFAULT, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("text is empty");
        assertThatThrownBy(() -> prompts.byVoice(voice, "")).hasMessageContaining("text is empty");
        assertThatThrownBy(() -> prompts.byGlobals(globals(), ""))
                .hasMessageContaining("text is empty");
    }

    @Test
    void testAModelWithoutPropertyIdsGeneratesWithoutProperties() {
        PromptBuilder older =
                new PromptBuilder(
                        new IdSpace(OptionalInt.empty()),
                        WorldTokenizer.load(Vectors.file("mini_tokenizer.json")));
        assertThat(older.byProperties(VoiceProperties.DEFAULT, "a").tokens())
                .containsExactly(8195, 12390, 8193);
        VoiceProperties male = VoiceProperties.of(null, "male", null, null, null);
        assertThatThrownBy(() -> older.byProperties(male, "a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no ids for voice properties");
    }

    /** What prompts of one voice have in common, and where a generation begins after each. */
    @Test
    void testPromptsKnowTheirVoice() {
        Prompt first = prompts.byProperties(VoiceProperties.DEFAULT, "One.");
        Prompt other = prompts.byProperties(VoiceProperties.DEFAULT, "Two.");
        assertThat(first.voiceTokens()).isEqualTo(7);
        assertThat(Arrays.mismatch(first.tokens(), other.tokens())).isEqualTo(7);
        assertThat(first.start()).isEqualTo(GenerationProgress.START);

        Prompt later = prompts.byGlobals(globals(), "One.");
        assertThat(later.voiceTokens()).isZero();
        assertThat(later.start().globals()).containsExactly(globals());

        Voice voice = new Voice("v", "This is it.", globals(), new int[] {1, 2, 3});
        Prompt recorded = prompts.byVoice(voice, "One.");
        assertThat(recorded.voiceTokens()).isPositive();
        assertThat(Arrays.mismatch(recorded.tokens(), prompts.byVoice(voice, "Two.").tokens()))
                .isGreaterThanOrEqualTo(recorded.voiceTokens());
        assertThat(recorded.start().globals()).containsExactly(globals());
    }

    private static int[] globals() {
        int[] globals = new int[32];
        Arrays.setAll(globals, i -> i);
        return globals;
    }

    private static PromptBuilder promptBuilder(String vocabulary) {
        WorldTokenizer tokenizer = WorldTokenizer.load(Vectors.file(vocabulary));
        return new PromptBuilder(
                IdSpace.of(TTS.get("vocab_rows").asInt(), 8193, tokenizer), tokenizer);
    }
}
