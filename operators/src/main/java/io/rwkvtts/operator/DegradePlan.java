package io.rwkvtts.operator;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.synthesis.RequestTerms;
import io.rwkvtts.synthesis.SegmentLimits;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;

/**
 * Gives requests less that come while the subtask has more to do than it can. What a request gets
 * is decided when its terms are, before its first token, and is part of them; those that are there
 * keep theirs.
 *
 * <p>Owns nothing: it looks at the queue and the latest first chunks whenever a request comes. For
 * the task thread.
 */
final class DegradePlan implements TermsPolicy {

    private final TermsPolicy usual;
    private final SegmentLimits configured;
    private final DegradeSettings settings;
    private final IntSupplier waiting;
    private final DoubleSupplier missedFirstChunks;
    private final DegradeMetrics metrics;

    /**
     * @param usual what requests get otherwise
     * @param configured limits of a request whose usual terms have none
     * @param waiting requests that wait for a slot
     * @param missedFirstChunks share of the latest first chunks that missed their objective
     * @param metrics are told of it
     */
    DegradePlan(
            TermsPolicy usual,
            SegmentLimits configured,
            DegradeSettings settings,
            IntSupplier waiting,
            DoubleSupplier missedFirstChunks,
            DegradeMetrics metrics) {
        this.usual = usual;
        this.configured = configured;
        this.settings = settings;
        this.waiting = waiting;
        this.missedFirstChunks = missedFirstChunks;
        this.metrics = metrics;
    }

    /** Publishes how much there is to do now. */
    void publish() {
        metrics.load(load());
    }

    private LoadLevel load() {
        int queue = waiting.getAsInt();
        if (settings.overloadedQueueLength() != DegradeSettings.OFF
                && queue >= settings.overloadedQueueLength()) {
            return LoadLevel.OVERLOADED;
        }
        boolean longQueue =
                settings.queueLength() != DegradeSettings.OFF && queue >= settings.queueLength();
        boolean lateChunks =
                settings.firstChunkMissed() != DegradeSettings.OFF
                        && missedFirstChunks.getAsDouble() >= settings.firstChunkMissed();
        return longQueue || lateChunks ? LoadLevel.LOADED : LoadLevel.NORMAL;
    }

    @Override
    public boolean turnsAway() {
        return load() == LoadLevel.OVERLOADED;
    }

    @Override
    public RequestTerms decide(String id, long timestampMs, long nowMs) {
        RequestTerms terms = usual.decide(id, timestampMs, nowMs);
        LoadLevel load = load();
        if (terms == null || !settings.hasEffect() || load == LoadLevel.NORMAL) {
            return terms;
        }
        if (load == LoadLevel.LOADED) {
            // Under more than that, it is turned away.
            metrics.degraded();
        }
        return new RequestTerms(
                terms.chunks(), limits(terms), terms.arm(), settings.priorityDrop());
    }

    private SegmentLimits limits(RequestTerms terms) {
        if (settings.maxSemanticTokens() == DegradeSettings.OFF) {
            return terms.limits();
        }
        SegmentLimits usualLimits = terms.limits() == null ? configured : terms.limits();
        GenerationLimits tokens = usualLimits.tokens();
        int max = Math.min(tokens.maxSemanticTokens(), settings.maxSemanticTokens());
        return new SegmentLimits(
                new GenerationLimits(
                        Math.min(tokens.minSemanticTokens(), max), max, tokens.maxRepeatedTokens()),
                usualLimits.byText());
    }
}
