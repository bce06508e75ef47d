package io.rwkvtts.operator;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.protocol.PromptBuilder;
import io.rwkvtts.protocol.VoiceDirectory;
import io.rwkvtts.scheduling.Admission;
import io.rwkvtts.scheduling.TenantLimits;
import io.rwkvtts.scheduling.TenantRates;
import io.rwkvtts.synthesis.ChunkPlan;
import io.rwkvtts.synthesis.LoopObserver;
import io.rwkvtts.synthesis.PrefixCache;
import io.rwkvtts.synthesis.RequestRules;
import io.rwkvtts.synthesis.SegmentFactory;
import io.rwkvtts.synthesis.SpeechOutput;
import io.rwkvtts.synthesis.SynthesisLoop;
import io.rwkvtts.text.Segmenter;
import io.rwkvtts.text.WorldTokenizer;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the operators need to know; the values of the {@code tts.…} options.
 *
 * @param vocabulary path of the vocabulary file
 * @param voiceDirectory path of the directory of reference voices, null for none
 * @param limits semantic tokens of a segment, where a request sets none; also the most that it may
 *     ask for
 * @param capByText whether a segment's tokens are also bounded by its text (spec 3.6)
 * @param maxTextChars most characters of a request's text
 * @param segmentMinUnits shorter sentences are joined with the next, see {@link Segmenter}
 * @param segmentMaxUnits longer sentences are cut, see {@link Segmenter}
 * @param chunks how tokens are cut into records
 * @param prefillChunkTokens most prompt tokens fed between two steps
 * @param prefixCacheBytes bytes of states that prompts begin with, see {@link
 *     io.rwkvtts.synthesis.PrefixCache}
 * @param firstChunkObjective time in which the first chunk of a request should come, for metrics
 * @param queueCapacity requests that may be open without holding a slot: that wait for one, or for
 *     more text
 * @param whenFull what happens to the next one when that many wait
 * @param tenants how much of it one tenant may take
 * @param snapshotMode what a checkpoint keeps of a request in mid-generation
 * @param otherWeights what happens to a request that was begun with other weights
 * @param idleTimeout how long a request may wait for its next event
 * @param dedupWindow how long the id of a finished request is remembered
 * @param maxEarlyEvents most events of all requests that are held because an earlier one of their
 *     request has not come
 * @param maxEarlyBytes most bytes of their texts
 */
public record SynthesisSettings(
        String vocabulary,
        String voiceDirectory,
        GenerationLimits limits,
        boolean capByText,
        int maxTextChars,
        int segmentMinUnits,
        int segmentMaxUnits,
        ChunkPlan chunks,
        int prefillChunkTokens,
        long prefixCacheBytes,
        Duration firstChunkObjective,
        int queueCapacity,
        WhenFull whenFull,
        TenantLimits tenants,
        SnapshotMode snapshotMode,
        OtherWeights otherWeights,
        Duration idleTimeout,
        Duration dedupWindow,
        int maxEarlyEvents,
        long maxEarlyBytes)
        implements Serializable {

    /** What a checkpoint keeps of a request in mid-generation. */
    public enum SnapshotMode {
        /** The bits of its recurrent state: megabytes, and a restore continues at once. */
        STATE,
        /** Its tokens: kilobytes, and a restore feeds them to the model again. */
        TOKENS
    }

    /** What happens to a request that was begun with other weights. */
    public enum OtherWeights {
        /** The job does not start. */
        REFUSE,
        /** Its state is computed again from its tokens, and it continues with the new weights. */
        RECOMPUTE
    }

    /** What happens to a request that finds the queue full. */
    public enum WhenFull {
        /** The operator takes in nothing more; requests wait in Kafka. */
        BACKPRESSURE,
        /** The request ends at once as {@code overloaded}. */
        REJECT
    }

    public SynthesisSettings {
        requireNonNull(vocabulary, "vocabulary");
        requireNonNull(limits, "limits");
        requireNonNull(chunks, "chunks");
        requireNonNull(whenFull, "whenFull");
        requireNonNull(tenants, "tenants");
        requireNonNull(snapshotMode, "snapshotMode");
        requireNonNull(otherWeights, "otherWeights");
        requireAtLeastOne("tts.text.max-chars", maxTextChars);
        requireAtLeastOne("tts.prefill.chunk-tokens", prefillChunkTokens);
        if (prefixCacheBytes < 0) {
            throw new IllegalArgumentException(
                    "tts.prefix-cache.size must not be negative, but is " + prefixCacheBytes);
        }
        requireAtLeastOne("tts.queue.capacity", queueCapacity);
        // Refuse what cannot work here, where a person waits for the answer.
        segmenter(segmentMinUnits, segmentMaxUnits);
        requirePositive("tts.objective.first-chunk", firstChunkObjective);
        requirePositive("tts.request.idle-timeout", idleTimeout);
        requirePositive("tts.request.dedup-window", dedupWindow);
        requireAtLeastOne("tts.request.early-events.max-count", maxEarlyEvents);
        if (maxEarlyBytes < 1) {
            throw new IllegalArgumentException(
                    "tts.request.early-events.max-size must be at least 1 byte, but is "
                            + maxEarlyBytes);
        }
    }

    /** Heap that early events take when as many are held as may be. */
    public long earlyEventsHeapBytes() {
        return EarlyEvents.heapBytes(maxEarlyEvents, maxEarlyBytes);
    }

    /**
     * The rules for requests.
     *
     * @throws io.rwkvtts.protocol.VoiceFileException if the voice directory cannot be read
     */
    RequestRules rules() {
        VoiceDirectory voices =
                voiceDirectory == null
                        ? VoiceDirectory.empty()
                        : VoiceDirectory.open(Path.of(voiceDirectory));
        return new RequestRules(voices, limits, maxTextChars);
    }

    /**
     * The loop on an engine.
     *
     * @throws IllegalArgumentException if the vocabulary or the voices cannot be read, or the
     *     vocabulary does not fit the model
     */
    SynthesisLoop loop(InferenceEngine engine, SpeechOutput output, LoopObserver observer) {
        EngineModel model = engine.model();
        WorldTokenizer tokenizer = WorldTokenizer.load(Path.of(vocabulary));
        IdSpace ids = IdSpace.of(model.vocabRows(), model.headRows(), tokenizer);
        return new SynthesisLoop(
                engine,
                new SegmentFactory(new PromptBuilder(ids, tokenizer), rules(), capByText),
                segmenter(),
                prefillChunkTokens,
                new PrefixCache(prefixCacheBytes, model.stateBytes()),
                output,
                observer);
    }

    /** Decides which request gets the next slot. */
    Admission admission() {
        return new Admission(new TenantRates(tenants));
    }

    /** Cuts the texts of requests into segments. */
    Segmenter segmenter() {
        return segmenter(segmentMinUnits, segmentMaxUnits);
    }

    private static Segmenter segmenter(int minUnits, int maxUnits) {
        try {
            return new Segmenter(minUnits, maxUnits);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "tts.segment.min-units and tts.segment.max-units: " + e.getMessage(), e);
        }
    }

    private static void requireAtLeastOne(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(option + " must be at least 1, but is " + value);
        }
    }

    private static void requirePositive(String option, Duration value) {
        if (value == null || value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(option + " must be longer than 0, but is " + value);
        }
    }
}
