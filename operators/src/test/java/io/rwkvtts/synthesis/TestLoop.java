package io.rwkvtts.synthesis;

import io.rwkvtts.Vectors;
import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.protocol.PromptBuilder;
import io.rwkvtts.protocol.VoiceDirectory;
import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.text.Segmenter;
import io.rwkvtts.text.WorldTokenizer;

/** A loop for tests, with the vocabulary of the vectors. */
public final class TestLoop {

    /** How tokens are cut into records. */
    static final RequestTerms TERMS = RequestTerms.configured(new ChunkPlan(10, 25));

    static final int MAX_CHARS = 10_000;

    private static final WorldTokenizer TOKENIZER =
            WorldTokenizer.load(Vectors.file("mini_vocab.txt"));

    private static final SpeechOutput NO_OUTPUT =
            new SpeechOutput() {
                @Override
                public void chunk(SpeechRequest request, int[] tokens, int[] globalTokens) {}

                @Override
                public void finished(SpeechRequest request, FinishReason reason, String error) {}

                @Override
                public void parked(SpeechRequest request) {}
            };

    private final InferenceEngine engine;
    private GenerationLimits limits = new GenerationLimits(0, 40);
    private VoiceDirectory voices = VoiceDirectory.empty();
    private int prefillTokens = 256;
    private long prefixBytes = PrefixCache.OFF;
    private SpeechOutput output = NO_OUTPUT;
    private LoopObserver observer = LoopObserver.NONE;
    private NanoClock clock = NanoClock.SYSTEM;

    private TestLoop(InferenceEngine engine) {
        this.engine = engine;
    }

    /** A loop that keeps no prefixes and drops its output. */
    public static TestLoop on(InferenceEngine engine) {
        return new TestLoop(engine);
    }

    public TestLoop limits(GenerationLimits value) {
        limits = value;
        return this;
    }

    TestLoop voices(VoiceDirectory value) {
        voices = value;
        return this;
    }

    TestLoop prefillTokens(int value) {
        prefillTokens = value;
        return this;
    }

    public TestLoop prefixBytes(long value) {
        prefixBytes = value;
        return this;
    }

    TestLoop output(SpeechOutput value) {
        output = value;
        return this;
    }

    public TestLoop observer(LoopObserver value) {
        observer = value;
        return this;
    }

    TestLoop clock(NanoClock value) {
        clock = value;
        return this;
    }

    public SynthesisLoop open() {
        return new SynthesisLoop(
                engine,
                segments(engine.model(), voices, limits),
                prefillTokens,
                new PrefixCache(prefixBytes, engine.model().stateBytes()),
                output,
                observer,
                clock);
    }

    static SegmentFactory segments(
            EngineModel model, VoiceDirectory voices, GenerationLimits limits) {
        return new SegmentFactory(
                new Segmenter(),
                prompts(model),
                new RequestRules(voices, limits, MAX_CHARS),
                false);
    }

    static PromptBuilder prompts(EngineModel model) {
        return new PromptBuilder(
                IdSpace.of(model.vocabRows(), model.headRows(), TOKENIZER), TOKENIZER);
    }

    /** A request of which nothing has come yet. */
    public static SpeechRequest request(String id) {
        return new SpeechRequest(id, 0, 0, MAX_CHARS, TERMS);
    }

    /** A whole request. */
    public static SpeechRequest request(String id, String text) {
        return request(id, text, RequestAttributes.NONE);
    }

    static SpeechRequest request(String id, String text, RequestAttributes attributes) {
        SpeechRequest request = request(id);
        request.accept(TextPiece.whole(text), attributes, 0);
        return request;
    }

    /** Steps a loop until it has nothing to do. */
    public static void run(SynthesisLoop loop) {
        while (loop.hasWork()) {
            loop.step();
        }
    }
}
