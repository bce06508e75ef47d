package io.rwkvtts.cli;

import io.rwkvtts.bench.Samples;
import io.rwkvtts.bench.Table;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.protocol.GenerationLimits;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the topics show of a job's requests since somebody began to look. A request runs from its
 * first chunk to its end, and waits from its first text event to its first chunk; whether it has a
 * slot in between can't be seen. For one thread.
 */
final class TopicTraffic {

    /** Values that a percentile is taken of, like those of the metrics. */
    private static final int LATEST = 1000;

    /** Requests whose later events, such as a cancel that came too late, are known as such. */
    private static final int REMEMBERED = 100_000;

    private static final double P95 = 0.95;
    private static final double TOKEN_MS = GenerationLimits.NANOS_PER_TOKEN / 1e6;

    private final Set<String> waiting = new HashSet<>();
    private final Set<String> running = new HashSet<>();
    private final Map<String, Boolean> ended = latest(REMEMBERED);
    private final Map<String, Integer> ends = new TreeMap<>();
    private final Map<String, Double> firstChunks = latest(LATEST);
    private final Map<String, Double> factors = latest(LATEST);
    private long tokens;

    private static <V> Map<String, V> latest(int most) {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > most;
            }
        };
    }

    /** A text event was sent for this request. */
    void sent(String id) {
        if (!running.contains(id) && !ended.containsKey(id)) {
            waiting.add(id);
        }
    }

    /** A record came that the consumer's rule lets through. */
    void received(ReceivedTokens received) {
        String id = received.tokens().getRequestId();
        waiting.remove(id);
        double sinceRequestMs = received.emittedAtMs() - received.requestTimestampMs();
        if (received.end()) {
            running.remove(id);
            ended.put(id, true);
            ends.merge(received.tokens().getFinishReason(), 1, Integer::sum);
            // Where the end is in the audio: all of it, also what came before somebody looked.
            long all = received.tokens().getTokenOffset();
            if (all > 0 && hasTimes(received)) {
                factors.put(id, sinceRequestMs / (all * TOKEN_MS));
            }
            return;
        }
        if (received.tokens().getSequence() == 0 && hasTimes(received)) {
            firstChunks.put(id, sinceRequestMs);
        }
        running.add(id);
        tokens += received.tokens().getTokens().size();
    }

    private static boolean hasTimes(ReceivedTokens received) {
        return received.emittedAtMs() >= 0 && received.requestTimestampMs() >= 0;
    }

    /** Semantic tokens so far. */
    long tokens() {
        return tokens;
    }

    /**
     * Prints.
     *
     * @param tokensPerSecond since the view before
     */
    void print(double tokensPerSecond, PrintWriter out) {
        out.printf(
                "Seen by topics, since the start of this command.%nRunning: %d, waiting: %d, generation: %.0f tok/s%n",
                running.size(), waiting.size(), tokensPerSecond);
        String reasons =
                ends.entrySet().stream()
                        .map(end -> "%s %d".formatted(end.getKey(), end.getValue()))
                        .collect(Collectors.joining(", "));
        out.printf("Ended: %s%n%n", reasons.isEmpty() ? "none" : reasons);
        Table table =
                new Table("running", "waiting", "first chunk p50 ms", "p95 ms", "tok/s", "RTF p50");
        Samples chunks = samples(firstChunks);
        table.row(
                running.size(),
                waiting.size(),
                chunks.count() == 0 ? "-" : Table.number(chunks.median(), 0),
                chunks.count() == 0 ? "-" : Table.number(chunks.quantile(P95), 0),
                Table.number(tokensPerSecond, 0),
                factors.isEmpty() ? "-" : Table.number(samples(factors).median(), 3));
        table.print(out);
    }

    private static Samples samples(Map<String, Double> values) {
        Samples samples = new Samples();
        values.values().forEach(samples::add);
        return samples;
    }
}
