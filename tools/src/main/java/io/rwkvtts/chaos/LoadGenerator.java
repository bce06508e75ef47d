package io.rwkvtts.chaos;

import io.rwkvtts.client.TextEventProducer;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.TextEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Sends the requests of a workload, some at a time and as far as it may, others at once when it is
 * told to, and cancels those that are to be cancelled.
 *
 * <p>Owns a thread and the producer. Told by one other thread what comes back. A broker that is
 * away holds the thread up, and what it has to send comes later.
 */
final class LoadGenerator implements AutoCloseable {

    private final TextEventProducer producer;
    private final Map<String, PlannedRequest> requests;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "load-generator");
                        thread.setDaemon(true);
                        return thread;
                    });

    private final int inFlightAtOnce;

    // Of the executor's thread:
    private int begun;
    private int allowed;
    private final Iterator<PlannedRequest> left;
    private final Set<String> inFlight = new HashSet<>();
    private final Set<String> cancelled = new HashSet<>();
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private Exception failure;

    /**
     * @param prompted requests that are sent by {@link #sendAtOnce} only
     */
    LoadGenerator(
            TextEventProducer producer,
            List<PlannedRequest> workload,
            List<PlannedRequest> prompted,
            int inFlightAtOnce) {
        this.producer = producer;
        this.inFlightAtOnce = inFlightAtOnce;
        this.requests =
                Stream.concat(workload.stream(), prompted.stream())
                        .collect(Collectors.toMap(PlannedRequest::id, Function.identity()));
        this.left = workload.iterator();
    }

    /** Allows this many requests of the workload to be sent, from its beginning. */
    void allow(int requests) {
        run(
                () -> {
                    allowed = Math.max(allowed, requests);
                    fill();
                });
    }

    /** Sends a request that is not of the workload, however many are in flight. */
    void sendAtOnce(PlannedRequest request) {
        run(() -> send(request));
    }

    private void fill() {
        while (inFlight.size() < inFlightAtOnce && begun < allowed && left.hasNext()) {
            begun++;
            send(left.next());
        }
    }

    /** A record of the token topic has come. */
    void received(AudioTokens record) {
        String id = record.getRequestId();
        if (record.getFinishReason() != null) {
            run(() -> ended(id));
        } else {
            requests.get(id).cancelAfter().stream()
                    .filter(chunks -> record.getSequence() + 1 >= chunks)
                    .forEach(chunks -> run(() -> cancel(id)));
        }
    }

    private void ended(String id) {
        // An end can come again after a failure.
        if (inFlight.remove(id)) {
            fill();
        }
    }

    private void cancel(String id) {
        if (cancelled.add(id)) {
            send(TextEvent.newBuilder().setRequestId(id).setCancel(true).build());
        }
    }

    private void send(PlannedRequest request) {
        inFlight.add(request.id());
        Long deadline =
                request.deadline() == null
                        ? null
                        : System.currentTimeMillis() + request.deadline().toMillis();
        long delay = 0;
        for (TextEvent event : request.events()) {
            executor.schedule(
                    () ->
                            guard(
                                    () ->
                                            send(
                                                    TextEvent.newBuilder(event)
                                                            .setDeadline(deadline)
                                                            .build())),
                    delay,
                    TimeUnit.MILLISECONDS);
            delay += request.pause().toMillis();
        }
    }

    private void send(TextEvent event) {
        sent.add(producer.send(event));
    }

    private void run(Runnable task) {
        executor.execute(() -> guard(task));
    }

    private void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            failure = failure == null ? e : failure;
        }
    }

    /** Requires that all that was sent is written. */
    void requireSent() throws Exception {
        executor.submit(
                        () -> {
                            for (Future<RecordMetadata> event : sent) {
                                event.get();
                            }
                            if (failure != null) {
                                throw failure;
                            }
                            return null;
                        })
                .get();
    }

    @Override
    public void close() {
        executor.shutdownNow();
        producer.close();
    }
}
