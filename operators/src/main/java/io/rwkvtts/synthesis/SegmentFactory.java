package io.rwkvtts.synthesis;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.GenerationProgress;
import io.rwkvtts.protocol.PromptBuilder;
import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.protocol.Voice;
import io.rwkvtts.protocol.VoiceProperties;
import io.rwkvtts.sampling.CounterRandom;
import java.util.Arrays;

/**
 * Begins the segments of a request in its voice: a reference voice in each of them; else properties
 * in the first, whose global tokens the later ones take over (spec 3.7).
 */
public final class SegmentFactory {
    private static final int[] NO_VOICE = {};

    private final PromptBuilder prompts;
    private final RequestRules rules;
    private final boolean capByText;

    /**
     * @param prompts prompts of the model
     * @param rules voices and limits
     * @param capByText whether a segment's tokens are also bounded by its text (spec 3.6)
     */
    public SegmentFactory(PromptBuilder prompts, RequestRules rules, boolean capByText) {
        this.prompts = requireNonNull(prompts, "prompts");
        this.rules = requireNonNull(rules, "rules");
        this.capByText = capByText;
    }

    /**
     * The next segment of {@code request}.
     *
     * @throws RequestException if the request names a voice that is gone, properties that the model
     *     does not know, or limits that are no longer allowed
     */
    ActiveSegment begin(int slot, SpeechRequest request, String segment) {
        GenerationLimits limits;
        Beginning beginning;
        try {
            limits = rules.limits(request.attributes(), segment, capByText);
            beginning = beginning(request, segment);
        } catch (IllegalArgumentException e) {
            throw new RequestException(e.getMessage(), e);
        }
        // Not in the try: what fails from here on is not the request's fault.
        GenerationProgress progress =
                beginning.globals() == null
                        ? GenerationProgress.START
                        : GenerationProgress.withGlobals(beginning.globals());
        return new ActiveSegment(
                slot,
                beginning.prompt(),
                commonTokens(beginning.voice(), beginning.prompt()),
                limits,
                generation(request, progress, limits));
    }

    /**
     * What a segment begins with.
     *
     * @param voice tokens that other prompts of this voice begin with, too
     * @param globals the 32 global tokens, null if they are still to be generated
     */
    private record Beginning(int[] prompt, int[] voice, int[] globals) {}

    private Beginning beginning(SpeechRequest request, String segment) {
        RequestAttributes attributes = request.attributes();
        if (RequestRules.namesVoice(attributes)) {
            Voice voice = rules.voices().voice(attributes.voiceId());
            return new Beginning(
                    prompts.byVoice(voice, segment), prompts.voicePrefix(voice), voice.globals());
        }
        int[] globals = request.globalTokens();
        if (globals != null) {
            return new Beginning(prompts.byGlobals(globals, segment), NO_VOICE, globals);
        }
        VoiceProperties properties = RequestRules.properties(attributes);
        return new Beginning(
                prompts.byProperties(properties, segment), prompts.voicePrefix(properties), null);
    }

    /** The last tokens of a transcript can be others where text follows it. */
    private static int commonTokens(int[] voice, int[] prompt) {
        int mismatch = Arrays.mismatch(voice, prompt);
        return mismatch < 0 ? voice.length : mismatch;
    }

    /** The segment that {@code request} was in the middle of. */
    ActiveSegment resume(int slot, SpeechRequest request, SegmentSnapshot interrupted) {
        return ActiveSegment.restore(
                slot,
                interrupted,
                generation(request, interrupted.progress(), interrupted.limits()));
    }

    private static SegmentGeneration generation(
            SpeechRequest request, GenerationProgress progress, GenerationLimits limits) {
        Long seed = request.attributes().seed();
        return new SegmentGeneration(
                seed == null ? CounterRandom.seedOf(request.id()) : seed,
                request.segment(),
                progress,
                limits,
                RequestRules.sampling(request.attributes()));
    }
}
