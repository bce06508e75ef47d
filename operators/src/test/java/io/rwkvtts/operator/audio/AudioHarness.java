package io.rwkvtts.operator.audio;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.operator.TokenChunk;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** The stage in Flink's harness; the decoder's threads are real. */
final class AudioHarness implements AutoCloseable {

    private static final int MAX_PARALLELISM = 16;

    /** Small enough that no sample of a Convolution is clipped. */
    static final float GAIN = 2e-6f;

    private final KeyedOneInputStreamOperatorTestHarness<String, TokenChunk, PcmChunk> harness;

    private AudioHarness(
            KeyedOneInputStreamOperatorTestHarness<String, TokenChunk, PcmChunk> harness) {
        this.harness = harness;
    }

    static AudioHarness open(AudioDecoder decoder, int threads) throws Exception {
        return open(decoder, threads, null, 0, 1);
    }

    /**
     * A subtask.
     *
     * @param state of the only subtask before it, null for none
     */
    static AudioHarness open(
            AudioDecoder decoder, int threads, OperatorSubtaskState state, int subtask, int of)
            throws Exception {
        KeyedOneInputStreamOperatorTestHarness<String, TokenChunk, PcmChunk> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new DecodeAudioOperatorFactory(
                                () -> decoder, new AudioSettings("", of, threads, GAIN, 0)),
                        TokenChunk::requestId,
                        Types.STRING,
                        MAX_PARALLELISM,
                        of,
                        subtask);
        harness.setup(
                TypeInformation.of(PcmChunk.class)
                        .createSerializer(harness.getExecutionConfig().getSerializerConfig()));
        if (state != null) {
            harness.initializeState(
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            state, MAX_PARALLELISM, 1, of, subtask));
        }
        harness.open();
        return new AudioHarness(harness);
    }

    void process(TokenChunk chunk) throws Exception {
        harness.processElement(chunk, 0);
    }

    /** Until nothing is being decoded. */
    void drain() throws Exception {
        while (((DecodeAudioOperator) harness.getOperator()).busy()) {
            harness.getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
        }
    }

    OperatorSubtaskState snapshot() throws Exception {
        return harness.snapshot(1, 1);
    }

    void endInput() throws Exception {
        harness.endInput();
        harness.getOperator().finish();
    }

    int storedRequests() {
        return harness.numKeyedStateEntries();
    }

    /** Requests of this subtask that are not finished. */
    List<String> storedIds() {
        return ((DecodeAudioOperator) harness.getOperator()).openRequests();
    }

    List<PcmChunk> records() {
        return harness.extractOutputValues();
    }

    /** The records of each request, in their order. */
    Map<String, List<PcmChunk>> sound() {
        Map<String, List<PcmChunk>> sound = new LinkedHashMap<>();
        records().forEach(r -> sound.computeIfAbsent(r.requestId(), i -> new ArrayList<>()).add(r));
        return sound;
    }

    /** What Flink does to a task that is cancelled: the input does not end. */
    void cancel() throws Exception {
        harness.getOperator().close();
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
