package io.rwkvtts.chaos;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.SpeechClient;
import io.rwkvtts.client.SpeechRequest;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.local.ClientSettings;
import io.rwkvtts.local.SpeechRecords;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.TextEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.IsolationLevel;

/**
 * What a job says of requests that nothing disturbs: they are sent all at once, without their
 * cancellations and deadlines.
 *
 * <p>Owns its connection. Belongs to one thread.
 */
final class UndisturbedRun implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration QUIET_LIMIT = Duration.ofSeconds(120);

    private final SpeechClient client;
    private final SpeechRecords arriving = new SpeechRecords();
    private final Map<String, List<AudioTokens>> records = new HashMap<>();
    private int ends;

    UndisturbedRun(KafkaSettings kafka, IsolationLevel isolation) {
        client = SpeechClient.connect(ClientSettings.of(kafka).withIsolation(isolation));
    }

    /**
     * Sends the requests and waits for their ends.
     *
     * @param check run now and then; throws if waiting makes no sense any more
     * @return what was said, by request id
     */
    Map<String, Speech> speak(List<PlannedRequest> workload, Runnable check) throws Exception {
        workload.forEach(this::send);
        long latest = System.nanoTime();
        while (ends < workload.size()) {
            check.run();
            ReceivedTokens received = arriving.poll(POLL);
            if (received != null) {
                receive(received);
                latest = System.nanoTime();
            }
            if (System.nanoTime() - latest > QUIET_LIMIT.toNanos()) {
                throw new TimeoutException(
                        "undisturbed, %d of %d requests have ended, and nothing was written for %d s"
                                .formatted(ends, workload.size(), QUIET_LIMIT.toSeconds()));
            }
        }
        Map<String, Speech> speech = new HashMap<>();
        records.forEach((id, all) -> speech.put(id, Speech.of(all)));
        return speech;
    }

    private void send(PlannedRequest planned) {
        List<TextEvent> events = planned.events();
        SpeechRequest request = client.speak(events.get(0), arriving);
        for (TextEvent event : events.subList(1, events.size())) {
            if (event.getLast()) {
                request.end(event.getText());
            } else {
                request.append(event.getText());
            }
        }
    }

    private void receive(ReceivedTokens received) {
        AudioTokens record = received.tokens();
        if (record.getError() != null) {
            throw new IllegalStateException(
                    "undisturbed, %s ended with an error: %s"
                            .formatted(record.getRequestId(), record.getError()));
        }
        records.computeIfAbsent(record.getRequestId(), id -> new ArrayList<>()).add(record);
        ends += received.end() ? 1 : 0;
    }

    @Override
    public void close() {
        client.close();
    }
}
