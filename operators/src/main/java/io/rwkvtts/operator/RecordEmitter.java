package io.rwkvtts.operator;

import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.SpeechRequest;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Turns what the loop emits into the records of the job, and counts ends and dead letters.
 *
 * <p>Owns: nothing but a reference to the operator's output. Lifecycle: made in {@code open}. For
 * the task thread.
 */
final class RecordEmitter {
    private static final int[] NO_TOKENS = new int[0];

    private final Output<StreamRecord<TokenChunk>> output;
    private final OutputTag<RejectedRecord> deadLetters;
    private final String modelId;
    private final SynthesisMetrics metrics;

    RecordEmitter(
            Output<StreamRecord<TokenChunk>> output,
            OutputTag<RejectedRecord> deadLetters,
            String modelId,
            SynthesisMetrics metrics) {
        this.output = output;
        this.deadLetters = deadLetters;
        this.modelId = modelId;
        this.metrics = metrics;
    }

    /** A chunk, numbered by where the request stands. */
    void chunk(SpeechRequest request, int[] tokens, int[] globalTokens) {
        emit(request, tokens, globalTokens, null);
    }

    /** The end of a request, after all of its chunks. */
    void end(SpeechRequest request, FinishReason reason, String error) {
        emit(request, NO_TOKENS, null, new SpeechEnd(reason.label(), error));
        metrics.finished(reason, arm(request));
    }

    /** An event that decoded but cannot be served. */
    void deadLetter(RequestEvent event, String detail) {
        metrics.deadLetter();
        output.collect(deadLetters, new StreamRecord<>(RejectedRecord.invalid(event, detail)));
    }

    private static String arm(SpeechRequest request) {
        return request.terms() == null ? null : request.terms().arm();
    }

    private void emit(SpeechRequest request, int[] tokens, int[] globalTokens, SpeechEnd end) {
        output.collect(
                new StreamRecord<>(
                        new TokenChunk(
                                request.id(),
                                ChunkPosition.of(request),
                                tokens,
                                globalTokens,
                                modelId,
                                end,
                                request.timestampMs(),
                                System.currentTimeMillis(),
                                arm(request))));
    }
}
