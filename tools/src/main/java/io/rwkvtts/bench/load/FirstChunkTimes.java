package io.rwkvtts.bench.load;

import io.rwkvtts.operator.FirstChunkEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.management.MBeanServerConnection;
import jdk.jfr.consumer.RecordedEvent;
import jdk.management.jfr.RemoteRecordingStream;

/**
 * Where the time to the first chunk goes in a job in another JVM, request by request: what its
 * flight recorder tells. The events come up to a second or two late. All methods may be called by
 * any thread.
 *
 * <p>Owns the recording, not the connection.
 */
final class FirstChunkTimes implements AutoCloseable {

    private static final Duration LATEST = Duration.ofMinutes(1);

    private final Map<String, InJob> byRequest = new HashMap<>();
    private final RemoteRecordingStream stream;

    /**
     * Begins to record.
     *
     * @param connection to the other JVM, on this machine
     */
    FirstChunkTimes(MBeanServerConnection connection) throws IOException {
        stream = new RemoteRecordingStream(connection);
        stream.enable(FirstChunkEvent.NAME);
        stream.onEvent(FirstChunkEvent.NAME, this::take);
        stream.startAsync();
    }

    private synchronized void take(RecordedEvent event) {
        byRequest.put(event.getString("requestId"), InJob.of(event));
        notifyAll();
    }

    /**
     * Waits until the times of some requests are known, which have had their first chunk.
     *
     * @throws IllegalStateException if that takes a minute
     */
    synchronized List<InJob> await(List<String> requests) throws InterruptedException {
        long limit = System.nanoTime() + LATEST.toNanos();
        for (Optional<String> missing = missing(requests);
                missing.isPresent();
                missing = missing(requests)) {
            long left = limit - System.nanoTime();
            if (left <= 0) {
                throw new IllegalStateException(
                        "the flight recorder of the job has not told of the first chunk of request %s"
                                .formatted(missing.get()));
            }
            wait(left / 1_000_000 + 1);
        }
        return requests.stream().map(byRequest::get).toList();
    }

    private Optional<String> missing(List<String> requests) {
        return requests.stream().filter(id -> !byRequest.containsKey(id)).findFirst();
    }

    @Override
    public void close() {
        stream.close();
    }

    /**
     * Times of a request in the job, nanoseconds.
     *
     * @param chunkAt when its first chunk went out, by this JVM's {@link System#nanoTime()}
     * @param queue arrival to slot
     * @param prompt slot to the end of the prompt
     * @param firstToken end of the prompt to the first semantic token
     * @param chunk first semantic token to the chunk
     * @param steps of slot to chunk: the loop computed steps
     * @param prompts of slot to chunk: the loop computed prompts, anyone's
     */
    record InJob(
            long chunkAt,
            long queue,
            long prompt,
            long firstToken,
            long chunk,
            long steps,
            long prompts) {

        private static InJob of(RecordedEvent event) {
            Duration age = Duration.between(event.getStartTime(), Instant.now());
            return new InJob(
                    System.nanoTime() - age.toNanos(),
                    event.getLong("queue"),
                    event.getLong("prompt"),
                    event.getLong("firstToken"),
                    event.getLong("chunk"),
                    event.getLong("steps"),
                    event.getLong("prompts"));
        }

        /** Slot to chunk. */
        long inSlot() {
            return prompt + firstToken + chunk;
        }

        /** When the request arrived where it is generated, by {@link System#nanoTime()}. */
        long arrivedAt() {
            return chunkAt - inSlot() - queue;
        }
    }
}
