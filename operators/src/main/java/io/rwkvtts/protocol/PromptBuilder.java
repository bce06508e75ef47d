package io.rwkvtts.protocol;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Builds prompts: the tokens fed to a model in its zero state before it speaks (spec 3.3, 3.4,
 * 3.7). Immutable; any thread may use it if the encoder allows that.
 */
public final class PromptBuilder {

    private final IdSpace ids;
    private final Function<String, int[]> encoder;

    /**
     * @param encoder from text to text ids, whatever control strings the text holds
     */
    public PromptBuilder(IdSpace ids, Function<String, int[]> encoder) {
        this.ids = requireNonNull(ids, "ids");
        this.encoder = requireNonNull(encoder, "encoder");
    }

    /**
     * Prompt of a request's first segment in a voice described by properties (mode A); begin with
     * {@link GenerationProgress#START}.
     *
     * @param properties null leaves the choice of the voice to the model
     * @throws IllegalArgumentException if the text is empty, or there are properties and the model
     *     has no ids for them
     */
    public int[] byProperties(VoiceProperties properties, String text) {
        IntStream prefix = IntStream.empty();
        if (properties != null) {
            if (!ids.hasProperties()) {
                throw new IllegalArgumentException(
                        "the model has no ids for voice properties (SPCT_0 and following); use a"
                                + " reference voice or give no property");
            }
            prefix = IntStream.of(properties.ids(ids.spct0()));
        }
        return IntStream.concat(prefix, text(text)).toArray();
    }

    /**
     * Prompt of a segment that is to be spoken in the voice of an earlier one; begin with {@link
     * GenerationProgress#withGlobals}.
     *
     * @param globals the 32 global tokens, without offset, of the request's first segment
     * @throws IllegalArgumentException if the text is empty
     */
    public int[] byGlobals(int[] globals, String text) {
        return IntStream.concat(text(text), globals(globals)).toArray();
    }

    /**
     * Prompt of a segment in a reference voice (mode B), the same for every segment of a request;
     * begin with {@link GenerationProgress#withGlobals}. With a transcript, transcript and text are
     * tokenised as one string and the prompt ends with the recording's semantic tokens.
     *
     * @throws IllegalArgumentException if the text is empty
     */
    public int[] byVoice(Voice voice, String text) {
        if (voice.transcript().isEmpty()) {
            return byGlobals(voice.globals(), text);
        }
        requireText(text);
        return IntStream.concat(
                        IntStream.of(byGlobals(voice.globals(), voice.transcript() + text)),
                        IntStream.of(voice.semantics()))
                .toArray();
    }

    private IntStream text(String text) {
        requireText(text);
        return IntStream.concat(
                IntStream.concat(IntStream.of(IdSpace.TAG_2), IntStream.of(encoder.apply(text))),
                IntStream.of(IdSpace.TAG_0));
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
