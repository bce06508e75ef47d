package io.rwkvtts.cli;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.protocol.Prompt;
import io.rwkvtts.protocol.PromptBuilder;
import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.protocol.Voice;
import io.rwkvtts.protocol.VoiceProperties;
import io.rwkvtts.sampling.InvalidLogitsException;
import io.rwkvtts.synthesis.UnbatchedGenerator;
import java.util.Optional;

/**
 * Generates the segments of one text in one voice, as the job does for a request: a reference voice
 * in each of them, else properties in the first, whose global tokens the others take over (spec
 * 3.7). Belongs to one thread.
 */
final class TextGenerator {

    private final PromptBuilder prompts;
    private final UnbatchedGenerator generator;
    private final Optional<Voice> voice;
    private final VoiceProperties properties;
    private final SamplingOptions sampling;
    private int[] globals;
    private int segments;

    TextGenerator(
            PromptBuilder prompts,
            InferenceEngine engine,
            VoiceOptions voice,
            SamplingOptions sampling) {
        this.prompts = prompts;
        this.sampling = sampling;
        generator = new UnbatchedGenerator(engine);
        properties = voice.properties();
        this.voice = voice.recorded();
        globals = this.voice.map(Voice::globals).orElse(null);
    }

    /**
     * The next segment, generated to its end.
     *
     * @throws IllegalArgumentException if the model gives no usable logits
     */
    SegmentGeneration generate(String segment) {
        Prompt prompt = prompt(segment);
        SegmentGeneration generation =
                new SegmentGeneration(
                        sampling.seed(),
                        segments++,
                        prompt.start(),
                        sampling.limits(),
                        sampling.parameters());
        try {
            generator.generate(prompt.tokens(), generation);
        } catch (InvalidLogitsException e) {
            throw new IllegalArgumentException(
                    "the model gives no usable logits (%s): expected finite ones; is it damaged?"
                            .formatted(e.getMessage()),
                    e);
        }
        globals = generation.globals();
        return generation;
    }

    private Prompt prompt(String segment) {
        if (voice.isPresent()) {
            return prompts.byVoice(voice.get(), segment);
        }
        return globals == null
                ? prompts.byProperties(properties, segment)
                : prompts.byGlobals(globals, segment);
    }
}
