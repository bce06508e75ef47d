package io.rwkvtts.protocol;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.text.LineBreaks;
import io.rwkvtts.text.NormalizedText;
import io.rwkvtts.text.TextSeam;
import io.rwkvtts.text.WorldTokenizer;
import java.util.stream.IntStream;

/**
 * Builds prompts: the tokens fed to a model in its zero state before it generates (spec 3.3, 3.4,
 * 3.7). Immutable; any thread may use it.
 */
public final class PromptBuilder {

    private final IdSpace ids;
    private final WorldTokenizer tokenizer;

    /**
     * @param ids of the model that the prompts are for and of {@code tokenizer}
     */
    public PromptBuilder(IdSpace ids, WorldTokenizer tokenizer) {
        this.ids = requireNonNull(ids, "ids");
        this.tokenizer = requireNonNull(tokenizer, "tokenizer");
    }

    /**
     * Prompt of a request's first segment in a voice described by properties (mode A); begin with
     * {@link GenerationProgress#START}. A model without ids for properties is left to choose the
     * voice if they are the defaults.
     *
     * @throws IllegalArgumentException if the text is empty or not well-formed, or the model has no
     *     ids for properties and these are not the defaults
     */
    public int[] byProperties(VoiceProperties properties, String text) {
        IntStream prefix = IntStream.empty();
        if (ids.spct0().isPresent()) {
            prefix = IntStream.of(properties.ids(ids.spct0().getAsInt()));
        } else if (!properties.equals(VoiceProperties.DEFAULT)) {
            throw new IllegalArgumentException(
                    "the model has no ids for voice properties (SPCT_0 and following): use a"
                            + " reference voice or give no property");
        }
        return IntStream.concat(prefix, text(text)).toArray();
    }

    /**
     * Prompt of a segment that is to be generated in the voice of an earlier one; begin with {@link
     * GenerationProgress#withGlobals}.
     *
     * @param globals the 32 global tokens, without offset, of the request's first segment
     * @throws IllegalArgumentException if the text is empty or not well-formed
     */
    public int[] byGlobals(int[] globals, String text) {
        return IntStream.concat(text(text), globals(globals)).toArray();
    }

    /**
     * Prompt of a segment in a reference voice (mode B), the same for every segment of a request;
     * begin with {@link GenerationProgress#withGlobals}. With a transcript, transcript and text are
     * tokenised as one string ({@link TextSeam}) and the prompt ends with the recording's semantic
     * tokens.
     *
     * @throws IllegalArgumentException if the text is empty or not well-formed
     */
    public int[] byVoice(Voice voice, String text) {
        String transcript = transcript(voice);
        if (transcript.isEmpty()) {
            return byGlobals(voice.globals(), text);
        }
        requireText(text);
        return IntStream.concat(
                        IntStream.of(byGlobals(voice.globals(), TextSeam.join(transcript, text))),
                        IntStream.of(voice.semantics()))
                .toArray();
    }

    /** The tokens that every prompt {@link #byProperties} in this voice begins with. */
    public int[] voicePrefix(VoiceProperties properties) {
        return ids.spct0().isEmpty()
                ? new int[0]
                : IntStream.concat(
                                IntStream.of(properties.ids(ids.spct0().getAsInt())),
                                IntStream.of(IdSpace.TAG_2))
                        .toArray();
    }

    /**
     * The tokens that prompts {@link #byVoice} in this voice begin with; the last of them may be
     * others where the text follows the transcript. None without a transcript.
     */
    public int[] voicePrefix(Voice voice) {
        String transcript = transcript(voice);
        return transcript.isEmpty()
                ? new int[0]
                : IntStream.concat(
                                IntStream.of(IdSpace.TAG_2),
                                IntStream.of(tokenizer.encode(transcript.stripTrailing())))
                        .toArray();
    }

    /** In the normal form that a request's text has, in one line. */
    private static String transcript(Voice voice) {
        return LineBreaks.toBlanks(NormalizedText.of(voice.transcript())).stripLeading();
    }

    private IntStream text(String text) {
        requireText(text);
        return IntStream.concat(
                IntStream.concat(IntStream.of(IdSpace.TAG_2), IntStream.of(encode(text))),
                IntStream.of(IdSpace.TAG_0));
    }

    /** Text ids; line breaks are blanks by then, wherever the text comes from (D-05). */
    private int[] encode(String text) {
        return tokenizer.encode(LineBreaks.toBlanks(text));
    }

    private static IntStream globals(int[] globals) {
        return IntStream.concat(
                IntStream.of(globals).map(g -> IdSpace.GLOBAL_OFFSET + g),
                IntStream.of(IdSpace.TAG_1));
    }

    private static void requireText(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the text is empty");
        }
    }
}
