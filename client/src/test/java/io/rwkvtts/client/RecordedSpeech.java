package io.rwkvtts.client;

import java.util.ArrayList;
import java.util.List;

/** What a listener heard. */
final class RecordedSpeech implements SpeechListener {

    final List<Long> sequences = new ArrayList<>();
    String finishReason;
    SpeechException failure;

    @Override
    public void received(ReceivedTokens record) {
        sequences.add(record.tokens().getSequence());
        finishReason = record.tokens().getFinishReason();
    }

    @Override
    public void failed(SpeechException cause) {
        failure = cause;
    }
}
