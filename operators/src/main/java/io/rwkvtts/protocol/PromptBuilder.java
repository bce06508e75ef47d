package io.rwkvtts.protocol;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.text.LineBreaks;
import io.rwkvtts.text.NormalizedText;
import io.rwkvtts.text.TextSeam;
import io.rwkvtts.text.WorldTokenizer;
import java.util.Arrays;
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
     * Prompt of a request's first segment in a voice described by properties (mode A). A model
     * without ids for properties is left to choose the voice if they are the defaults.
     *
     * @throws IllegalArgumentException if the text is empty or not well-formed, or the model has no
     *     ids for properties and these are not the defaults
     */
    public Prompt byProperties(VoiceProperties properties, String text) {
        int[] tokens = text(text);
        if (ids.spct0().isPresent()) {
            int[] voice = properties.ids(ids.spct0().getAsInt());
            // The tag before the text is in all of them, too.
            return new Prompt(concat(voice, tokens), voice.length + 1, GenerationProgress.START);
        }
        if (!properties.equals(VoiceProperties.DEFAULT)) {
            throw new IllegalArgumentException(
                    "the model has no ids for voice properties (SPCT_0 and following): use a"
                            + " reference voice or give no property");
        }
        return new Prompt(tokens, 0, GenerationProgress.START);
    }

    /**
     * Prompt of a segment that is to be generated in the voice of an earlier one.
     *
     * @param globals the 32 global tokens, without offset, of the request's first segment
     * @throws IllegalArgumentException if the text is empty or not well-formed
     */
    public Prompt byGlobals(int[] globals, String text) {
        return new Prompt(
                concat(text(text), globals(globals)), 0, GenerationProgress.withGlobals(globals));
    }

    /**
     * Prompt of a segment in a reference voice (mode B), the same for every segment of a request.
     * With a transcript, transcript and text are tokenised as one string ({@link TextSeam}) and the
     * prompt ends with the recording's semantic tokens.
     *
     * @throws IllegalArgumentException if the text is empty or not well-formed
     */
    public Prompt byVoice(Voice voice, String text) {
        String transcript = transcript(voice);
        if (transcript.isEmpty()) {
            return byGlobals(voice.globals(), text);
        }
        requireText(text);
        Prompt joined = byGlobals(voice.globals(), TextSeam.join(transcript, text));
        int[] tokens = concat(joined.tokens(), voice.semantics());
        return new Prompt(tokens, commonTokens(transcript, tokens), joined.start());
    }

    /** The last tokens of a transcript can be others where text follows it. */
    private int commonTokens(String transcript, int[] prompt) {
        int[] alone =
                concat(new int[] {IdSpace.TAG_2}, tokenizer.encode(transcript.stripTrailing()));
        int mismatch = Arrays.mismatch(alone, prompt);
        return mismatch < 0 ? alone.length : mismatch;
    }

    /** In the normal form that a request's text has, in one line. */
    private static String transcript(Voice voice) {
        return LineBreaks.toBlanks(NormalizedText.of(voice.transcript())).stripLeading();
    }

    private int[] text(String text) {
        requireText(text);
        return IntStream.concat(
                        IntStream.concat(IntStream.of(IdSpace.TAG_2), IntStream.of(encode(text))),
                        IntStream.of(IdSpace.TAG_0))
                .toArray();
    }

    /** Text ids; line breaks are blanks by then, wherever the text comes from (D-05). */
    private int[] encode(String text) {
        return tokenizer.encode(LineBreaks.toBlanks(text));
    }

    private static int[] globals(int[] globals) {
        return IntStream.concat(
                        IntStream.of(globals).map(g -> IdSpace.GLOBAL_OFFSET + g),
                        IntStream.of(IdSpace.TAG_1))
                .toArray();
    }

    private static int[] concat(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static void requireText(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the text is empty");
        }
    }
}
