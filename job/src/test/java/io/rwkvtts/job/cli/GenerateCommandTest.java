package io.rwkvtts.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rwkvtts.job.TestVectors;
import io.rwkvtts.job.local.DemoVoice;
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

/** {@code tts generate}, against the tokens of the published vectors and of the demo voice. */
class GenerateCommandTest {

    private static final List<String> VOCABULARIES =
            List.of("mini_vocab.txt", "mini_tokenizer.json", "mini_tokenizer_latin1.json");

    @TempDir private static Path directory;
    private static Path model;
    private static DemoVoice demo;

    @BeforeAll
    static void unpack() throws IOException {
        model = TestVectors.unpack("tts-l2-d64-webrwkv-f16.safetensors", directory);
        for (String vocabulary : VOCABULARIES) {
            TestVectors.unpack(vocabulary, directory);
        }
        demo = DemoVoice.unpack(directory.resolve("demo-voice"));
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
        return VOCABULARIES.stream()
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
        JsonNode speech = generate(model, directory.resolve(vocabulary), options).json();
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
        JsonNode speech = generate(model, directory.resolve(vocabulary), options).json();
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
    void testDemoVoiceSaysWhatItsReferenceSays(JsonNode c) {
        JsonNode speech = sayWithDemoVoice(c).json();
        assertTokens(speech, "promptTokens", c.get("prompt"));
        assertTokens(speech, "globalTokens", c.get("globalTokens"));
        assertTokens(speech, "semanticTokens", c.get("semanticTokens"));
        assertThat(speech.get("finishReason").asText()).isEqualTo("stop");
    }

    /** On another kind of processor a token may differ, and all behind it; the length hardly. */
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
        all.addAll(Arrays.asList(options));
        return generate(demo.checkpoint(), demo.vocabulary(), all);
    }

    @Test
    void testSeedZeroAndDefaultPropertiesAreTakenIfNoneAreGiven() throws IOException {
        JsonNode c = casesOfDemoVoice().get(0);
        assertThat(c.get("seed").asText()).isEqualTo("0");
        TtsRun run =
                generate(
                        demo.checkpoint(),
                        demo.vocabulary(),
                        List.of("--text", c.get("text").asText()));
        assertTokens(run.json(), "semanticTokens", c.get("semanticTokens"));
        assertThat(run.json().get("seed").asText()).isEqualTo("0");
    }

    @Test
    void testLimitsOfTheLengthAreKept() {
        JsonNode cut = say("--text=Hello", "--max-semantic-tokens=7").json();
        assertThat(cut.get("semanticTokens")).hasSize(7);
        assertThat(cut.get("finishReason").asText()).isEqualTo("length");

        String[] noneBefore = {"--text=你好，世界。", "--seed=7", "--age=middle-aged"};
        String[] more = {"--gender=male", "--pitch=low_pitch", "--speed=slow"};
        List<String> options = new ArrayList<>(List.of(noneBefore));
        options.addAll(List.of(more));
        assertThat(say(options).json().get("semanticTokens")).isEmpty();
        options.add("--min-semantic-tokens=30");
        assertThat(say(options).json().get("semanticTokens")).hasSizeGreaterThanOrEqualTo(30);
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
    void testThreadsDoNotChangeTheSpeechBehindALongPrompt() {
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
                generate(
                                random,
                                directory.resolve("mini_vocab.txt"),
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

    @Test
    void testBadTextIsRefused() {
        say("--text=").assertFailure("text is blank, expected something to speak");
        say("--text= \t\n").assertFailure("text is blank");
        say("--text=a\ud800b").assertFailure("half a surrogate pair, U+D800, at index 1");
        say("--text=" + "x".repeat(10_001)).assertFailure("10001 characters", "at most 10000");
    }

    @Test
    void testUnknownPropertiesAreRefused() {
        for (VoiceAttribute attribute : VoiceAttribute.values()) {
            say("--text=Hi", "--" + attribute.label() + "=odd")
                    .assertFailure(
                            attribute.label() + " is \"odd\", expected one of ",
                            attribute.allowedNames());
        }
    }

    @Test
    void testBadNumbersAreRefused() {
        say("--text=Hi", "--max-semantic-tokens=0").assertFailure("is 0, expected 1 to 2048");
        say("--text=Hi", "--max-semantic-tokens=2049").assertFailure("is 2049, expected 1 to");
        say("--text=Hi", "--min-semantic-tokens=9", "--max-semantic-tokens=8")
                .assertFailure("minSemanticTokens is 9, expected 0 to");
        say("--text=Hi", "--temperature=-0.1").assertFailure("temperature is -0.1, expected");
        say("--text=Hi", "--temperature=NaN").assertFailure("temperature is NaN, expected");
        say("--text=Hi", "--top-p=1.1").assertFailure("topP is 1.1, expected 0 to 1");
        say("--text=Hi", "--top-k=-1").assertFailure("topK is -1, expected 0");
        say("--text=Hi", "--threads=0").assertFailure("threads is 0: expected at least 1");
        say("--text=Hi", "--seed=-1").assertWrongUsage("'--seed'", "0 to 18446744073709551615");
        say("--text=Hi", "--top-k=many").assertWrongUsage("'--top-k'", "'many' is not an int");
    }

    @Test
    void testWrongUsageIsToldFromFailure() {
        TtsRun.of("generate", "--text=Hi").assertWrongUsage("Missing required option", "--model");
        say().assertWrongUsage("Missing required option", "--text");
        say("--text=Hi", "--voice=a.raf.json", "--age=child")
                .assertWrongUsage("--voice", "--age", "mutually exclusive");
        say("--text=Hi", "--quantize=int4")
                .assertWrongUsage("unknown quantisation 'int4': one of none, int8");
    }

    @Test
    void testVoiceFileThatCannotBeUsedIsRefused() throws IOException {
        Path voice = directory.resolve("bad.raf.json");
        say("--text=Hi", "--voice=" + voice).assertFailure(voice, "does not exist");
        Files.writeString(voice, "{}");
        say("--text=Hi", "--voice=" + voice).assertFailure(voice, "no field id");
    }

    @Test
    void testModelThatCannotBeUsedIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(model);
        Path bad = directory.resolve("bad.safetensors");
        refuse(bad).assertFailure(bad, "does not exist", "expected");
        Files.write(bad, new byte[0]);
        refuse(bad).assertFailure(bad, "0 bytes", "expected");
        Files.write(bad, Arrays.copyOf(whole, whole.length - 1));
        refuse(bad).assertFailure(bad);
        Files.write(bad, Arrays.copyOf(whole, 5000));
        refuse(bad).assertFailure(bad, "truncated?");
        Files.writeString(bad, "no weights at all, but long enough to hold a header's length");
        refuse(bad).assertFailure(bad, "another format, or truncated?");
        refuse(directory).assertFailure(directory, "expected a checkpoint file, or a directory");
        Path other = TestVectors.unpack("naming/official-f32.safetensors", directory);
        refuse(other).assertFailure(other, "96 head rows: expected at least the 8193");
    }

    @Test
    void testModelOfAnotherArchitectureIsRefused() throws IOException {
        Path bad = directory.resolve("gpt.safetensors");
        String header =
                "{\"h.0.attn.weight\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}";
        Files.writeString(bad, (char) header.length() + "\0\0\0\0\0\0\0" + header);
        refuse(bad).assertFailure(bad, "is not an RWKV-7 checkpoint", "h.0.attn.weight");
    }

    @Test
    void testVocabularyThatCannotBeUsedIsRefused() throws IOException {
        List<String> text = List.of("--text=Hi");
        TtsRun.of("generate", "--model=" + model, "--text=Hi")
                .assertFailure("no vocabulary for " + model, "--vocab");
        Path bad = directory.resolve("vocab.txt");
        generate(model, bad, text).assertFailure(bad, "no such file");
        Files.writeString(bad, "");
        generate(model, bad, text).assertFailure(bad, "is empty");
        Files.writeString(bad, "1 'a' 2\n");
        generate(model, bad, text).assertFailure(bad, "line 1");
        generate(model, demo.vocabulary(), text)
                .assertFailure(model, demo.vocabulary(), "does not fit", "12686 rows");
        generate(demo.checkpoint(), directory.resolve("mini_vocab.txt"), text)
                .assertFailure(demo.checkpoint(), "mini_vocab.txt", "does not fit", "12649 rows");
    }

    private static TtsRun refuse(Path checkpoint) {
        return generate(checkpoint, directory.resolve("mini_vocab.txt"), List.of("--text=Hi"));
    }

    private static TtsRun say(String... options) {
        return say(Arrays.asList(options));
    }

    private static TtsRun say(List<String> options) {
        return generate(model, directory.resolve("mini_vocab.txt"), options);
    }

    private static TtsRun generate(Path model, Path vocabulary, List<String> options) {
        List<String> arguments = new ArrayList<>();
        arguments.add("generate");
        arguments.add("--cache=" + directory.resolve("cache"));
        arguments.add("--model=" + model);
        arguments.add("--vocab=" + vocabulary);
        arguments.addAll(options);
        return TtsRun.of(arguments);
    }

    private static void assertTokens(JsonNode speech, String field, JsonNode expected) {
        assertThat(TestVectors.ints(speech.get(field)))
                .as(field)
                .containsExactly(TestVectors.ints(expected));
    }
}
