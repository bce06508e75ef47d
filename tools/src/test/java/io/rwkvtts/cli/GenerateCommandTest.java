package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rwkvtts.job.TestVectors;
import io.rwkvtts.protocol.VoiceAttribute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tts generate}, against the tokens of the published vectors and of the demo voice. */
class GenerateCommandTest {

    @TempDir private static Path directory;
    private static SpeechFiles files;

    @BeforeAll
    static void unpack() throws IOException {
        files = SpeechFiles.unpack(directory);
    }

    static Stream<Arguments> casesByProperties() throws IOException {
        return withEachVocabulary("normal");
    }

    static Stream<Arguments> casesByRecording() throws IOException {
        return withEachVocabulary("clone");
    }

    static List<JsonNode> casesOfDemoVoice() throws IOException {
        return TestVectors.demoVoice();
    }

    private static Stream<Arguments> withEachVocabulary(String mode) throws IOException {
        List<JsonNode> cases = TestVectors.list(TestVectors.published("tts.json").get(mode));
        return SpeechFiles.VOCABULARIES.stream()
                .flatMap(vocabulary -> cases.stream().map(c -> Arguments.of(vocabulary, c)));
    }

    @ParameterizedTest
    @MethodSource("casesByProperties")
    void testSpeechByPropertiesIsThatOfTheVectors(String vocabulary, JsonNode c) {
        List<String> options = optionsOf(c);
        for (VoiceAttribute attribute : VoiceAttribute.values()) {
            options.add("--" + attribute.label());
            options.add(c.get(attribute.label()).asText());
        }
        JsonNode speech = files.generate(files.model(), vocabulary, options).json();
        assertTokens(speech, "promptTokens", c.get("prompt_ids"));
        assertTokens(speech, "globalTokens", c.get("global_tokens"));
        assertEnd(speech, c);
    }

    @ParameterizedTest
    @MethodSource("casesByRecording")
    void testSpeechInTheVoiceOfARecordingIsThatOfTheVectors(String vocabulary, JsonNode c)
            throws IOException {
        List<String> options = optionsOf(c);
        options.add("--voice");
        options.add(voiceFile(c).toString());
        JsonNode speech = files.generate(files.model(), vocabulary, options).json();
        assertTokens(speech, "promptTokens", c.get("prompt_ids"));
        assertTokens(speech, "globalTokens", c.get("voice_global_tokens"));
        assertEnd(speech, c);
    }

    private static List<String> optionsOf(JsonNode c) {
        return new ArrayList<>(
                List.of(
                        "--text=" + c.get("text").asText(),
                        "--seed=" + c.get("seed").asText(),
                        "--max-semantic-tokens=" + c.get("max_semantic").asText()));
    }

    private static Path voiceFile(JsonNode c) throws IOException {
        ObjectNode voice =
                new ObjectMapper()
                        .createObjectNode()
                        .put("id", "vectors")
                        .put("name", "vectors")
                        .put("prompt_text", c.get("prompt_text").asText())
                        .put("created_at", "2026-01-01T00:00:00.000000000Z")
                        .put("audio_duration", 1.0)
                        .put("sample_rate", 16_000);
        voice.set("global_tokens", c.get("voice_global_tokens"));
        voice.set("semantic_tokens", c.get("voice_semantic_tokens"));
        return Files.writeString(directory.resolve("vectors.raf.json"), voice.toString());
    }

    private static void assertEnd(JsonNode speech, JsonNode c) {
        assertTokens(speech, "semanticTokens", c.get("semantic_tokens"));
        boolean stopped = c.get("ended_by_eos").asBoolean();
        assertThat(speech.get("finishReason").asText()).isEqualTo(stopped ? "stop" : "length");
        assertThat(speech.get("seed")).isEqualTo(c.get("seed"));
    }

    @ParameterizedTest
    @MethodSource("casesOfDemoVoice")
    void testDemoVoiceGeneratesWhatItsReferenceDoes(JsonNode c) {
        JsonNode speech = sayWithDemoVoice(c).json();
        assertTokens(speech, "promptTokens", c.get("prompt"));
        assertTokens(speech, "globalTokens", c.get("globalTokens"));
        assertTokens(speech, "semanticTokens", c.get("semanticTokens"));
        assertThat(speech.get("finishReason").asText()).isEqualTo("stop");
    }

    /** On another kind of processor a token may differ, and all after it; the length hardly. */
    @ParameterizedTest
    @MethodSource("casesOfDemoVoice")
    void testDemoVoiceInEightBitsEndsByItselfAfterAboutAsLong(JsonNode c) {
        JsonNode speech = sayWithDemoVoice(c, "--quantize=int8").json();
        assertTokens(speech, "promptTokens", c.get("prompt"));
        assertThat(speech.get("globalTokens")).hasSize(32);
        assertThat(speech.get("finishReason").asText()).isEqualTo("stop");
        int length = c.get("semanticTokens").size();
        assertThat(speech.get("semanticTokens").size()).isBetween(length * 3 / 4, length * 5 / 4);
    }

    private static TtsRun sayWithDemoVoice(JsonNode c, String... options) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--text",
                                c.get("text").asText(),
                                "--seed",
                                c.get("seed").asText()));
        String[] attributes = {"--age", "--gender", "--emotion", "--pitch", "--speed"};
        for (int i = 0; i < attributes.length; i++) {
            all.add(attributes[i]);
            all.add(c.get("properties").get(i).asText());
        }
        all.addAll(Arrays.asList(options));
        return files.generate(files.demo().checkpoint(), files.demo().vocabulary(), all);
    }

    @Test
    void testSeedZeroAndDefaultPropertiesAreTakenIfNoneAreGiven() throws IOException {
        JsonNode c = casesOfDemoVoice().get(0);
        assertThat(c.get("seed").asText()).isEqualTo("0");
        TtsRun run =
                files.generate(
                        files.demo().checkpoint(),
                        files.demo().vocabulary(),
                        List.of("--text", c.get("text").asText()));
        assertTokens(run.json(), "semanticTokens", c.get("semanticTokens"));
        assertThat(run.json().get("seed").asText()).isEqualTo("0");
    }

    /** Greedy, so that a prompt of other tokens gives another speech. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uFEFFHello there.",
                "Hel\u00ADlo there.",
                "Hello\u00A0there.",
                "Hello\r\nthere. ",
                "Hello there\u200B.\u202C"
            })
    void testWhatCannotBeHeardDoesNotChangeTheSpeech(String text) {
        JsonNode plain = sayAloud("Hello there.");
        assertThat(plain.get("semanticTokens")).hasSizeGreaterThan(10);
        assertThat(sayAloud(text)).isEqualTo(plain);
    }

    private JsonNode sayAloud(String text) {
        return files.generate(
                        files.demo().checkpoint(),
                        files.demo().vocabulary(),
                        List.of("--temperature=0", "--text", text))
                .json();
    }

    @Test
    void testLimitsOfTheLengthAreKept() {
        JsonNode cut = say("--text=Hello", "--max-semantic-tokens=7").json();
        assertThat(cut.get("semanticTokens")).hasSize(7);
        assertThat(cut.get("finishReason").asText()).isEqualTo("length");

        JsonNode atLeast = say("--text=Hello", "--min-semantic-tokens=100").json();
        assertThat(say("--text=Hello").json().get("semanticTokens").size()).isLessThan(100);
        assertThat(atLeast.get("semanticTokens")).hasSizeGreaterThanOrEqualTo(100);
    }

    @Test
    void testSamplingOptionsDecideWhatIsDrawn() {
        JsonNode greedy = say("--text=Hello", "--temperature=0", "--max-semantic-tokens=9").json();
        JsonNode one = say("--text=Hello", "--top-k=1", "--max-semantic-tokens=9").json();
        JsonNode nucleus = say("--text=Hello", "--top-p=0", "--max-semantic-tokens=9").json();
        JsonNode drawn = say("--text=Hello", "--max-semantic-tokens=9").json();
        assertThat(one.get("semanticTokens")).isEqualTo(greedy.get("semanticTokens"));
        assertThat(nucleus.get("semanticTokens")).isEqualTo(greedy.get("semanticTokens"));
        assertThat(drawn.get("semanticTokens")).isNotEqualTo(greedy.get("semanticTokens"));
    }

    /** Longer than one piece of prefill. */
    @Test
    void testThreadsDoNotChangeTheSpeechAfterALongPrompt() {
        String text = "--text=" + "Hello, world! ".repeat(60);
        JsonNode one = say(text, "--threads=1", "--max-semantic-tokens=20").json();
        assertThat(one.get("promptTokens").size()).isGreaterThan(300);
        assertThat(say(text, "--threads=2", "--max-semantic-tokens=20").json()).isEqualTo(one);
    }

    @Test
    void testRandomWeightsAreNamed() {
        Path random = directory.resolve("random.safetensors");
        TtsRun made =
                TtsRun.of(
                        ("random-model --layers 1 --dim 64 --vocab-rows 12686 --head-rows 8193"
                                        + " --seed 18446744073709551615 --out "
                                        + random)
                                .split(" "));
        assertThat(made.exit()).isZero();
        JsonNode speech =
                files.generate(
                                random,
                                "mini_vocab.txt",
                                List.of("--text=Hi", "--max-semantic-tokens=5"))
                        .json();
        assertThat(speech.get("randomSeed").asText()).isEqualTo("18446744073709551615");
        assertThat(say("--text=Hi").json().has("randomSeed")).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void testHelpNamesAllPropertiesAndTheirDefaults(VoiceAttribute attribute) {
        String help = TtsRun.of("generate", "--help").out().replaceAll("\\s+", " ");
        assertThat(help)
                .contains("--" + attribute.label())
                .contains(attribute.defaultName() + " (default)");
        assertThat(help.replace(" (default)", "")).contains(attribute.allowedNames());
    }

    private static TtsRun say(String... options) {
        return files.generate(files.model(), "mini_vocab.txt", Arrays.asList(options));
    }

    private static void assertTokens(JsonNode speech, String field, JsonNode expected) {
        assertThat(TestVectors.ints(speech.get(field)))
                .as(field)
                .containsExactly(TestVectors.ints(expected));
    }
}
