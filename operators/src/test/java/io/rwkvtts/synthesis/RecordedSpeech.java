package io.rwkvtts.synthesis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps everything that a loop emits, in a form that can be compared. */
final class RecordedSpeech implements SpeechOutput {

    final Map<String, List<String>> records = new LinkedHashMap<>();
    final Map<String, FinishReason> finished = new LinkedHashMap<>();
    final Map<String, String> errors = new LinkedHashMap<>();
    final List<SpeechRequest> parked = new ArrayList<>();

    @Override
    public void chunk(SpeechRequest request, int[] tokens, int[] globalTokens) {
        add(
                request,
                String.format(
                        "#%d segment %d +%d %s %s",
                        request.sequence(),
                        request.segment(),
                        request.tokenOffset(),
                        Arrays.toString(tokens),
                        Arrays.toString(globalTokens)));
    }

    @Override
    public void finished(SpeechRequest request, FinishReason reason, String error) {
        add(request, String.format("#%d %s", request.sequence(), reason));
        finished.put(request.id(), reason);
        errors.put(request.id(), error);
    }

    @Override
    public void parked(SpeechRequest request) {
        parked.add(request);
    }

    private void add(SpeechRequest request, String record) {
        records.computeIfAbsent(request.id(), id -> new ArrayList<>()).add(record);
    }
}
