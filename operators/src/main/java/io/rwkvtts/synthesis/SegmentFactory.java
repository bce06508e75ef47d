package io.rwkvtts.synthesis;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.GenerationProgress;
import io.rwkvtts.protocol.Prompt;
import io.rwkvtts.protocol.PromptBuilder;
import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.text.Segmenter;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Cuts the text of a request into segments and begins them in its voice: a reference voice in each
 * of them; else properties in the first, whose global tokens the later ones take over (spec 3.7).
 */
public final class SegmentFactory {
    private final Segmenter segmenter;
    private final PromptBuilder prompts;
    private final RequestRules rules;
    private final boolean capByText;

    /**
     * @param segmenter cuts the texts
     * @param prompts prompts of the model
     * @param rules voices and limits
     * @param capByText whether a segment's tokens are also bounded by its text (spec 3.6), of a
     *     request whose terms do not say
     */
    public SegmentFactory(
            Segmenter segmenter, PromptBuilder prompts, RequestRules rules, boolean capByText) {
        this.segmenter = requireNonNull(segmenter, "segmenter");
        this.prompts = requireNonNull(prompts, "prompts");
        this.rules = requireNonNull(rules, "rules");
        this.capByText = capByText;
    }

    /** The next segment of a request's text, empty if none is certain yet. */
    Optional<Segmenter.Segment> next(SpeechRequest request) {
        return segmenter.next(
                request.text(), request.progress().textPosition(), request.textComplete());
    }

    /**
     * A segment of {@code request} at its beginning.
     *
     * @throws RequestException if the request names a voice that is gone, properties that the model
     *     does not know, or limits that are no longer allowed
     */
    ActiveSegment begin(int slot, SpeechRequest request, String text) {
        SegmentLimits agreed = request.terms().limits();
        GenerationLimits limits =
                asked(
                        () ->
                                agreed == null
                                        ? rules.limits(request.attributes(), text, capByText)
                                        : rules.limits(request.attributes(), text, agreed));
        Prompt prompt = prompt(request, text);
        return new ActiveSegment(slot, prompt, limits, generation(request, prompt.start(), limits));
    }

    private Prompt prompt(SpeechRequest request, String text) {
        RequestedVoice voice = request.attributes().voice();
        int[] globals = request.progress().globalTokens();
        if (voice.named()) {
            return asked(() -> prompts.byVoice(rules.voices().voice(voice.voiceId()), text));
        }
        // What fails with the tokens of an earlier segment is not the request's fault.
        return globals == null
                ? asked(() -> prompts.byProperties(voice.properties(), text))
                : prompts.byGlobals(globals, text);
    }

    /** Something that a request asks for; where it cannot be had, that is the request's fault. */
    private static <T> T asked(Supplier<T> wish) {
        try {
            return wish.get();
        } catch (IllegalArgumentException e) {
            throw new RequestException(e.getMessage(), e);
        }
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
        RequestedSampling sampling = request.attributes().sampling();
        return new SegmentGeneration(
                sampling.seed(request.id()),
                request.segment(),
                progress,
                limits,
                sampling.parameters());
    }
}
