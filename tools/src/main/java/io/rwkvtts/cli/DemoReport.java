package io.rwkvtts.cli;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.schema.AudioTokens;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Shows what comes out of the job, and sums up the demo's own requests. Belongs to one thread. */
final class DemoReport {

    private final PrintWriter out;
    private final Map<String, Long> sentAt = new HashMap<>();
    private final Map<String, Long> firstChunkMs = new HashMap<>();
    private final Set<String> ended = new HashSet<>();
    private long firstSentAt;
    private long latestEndAt;
    private long tokens;
    private boolean failed;

    DemoReport(PrintWriter out) {
        this.out = out;
    }

    /** A request of the demo is about to be sent. */
    void sent(String id, String text) {
        long now = System.nanoTime();
        if (sentAt.isEmpty()) {
            firstSentAt = now;
        }
        sentAt.put(id, now);
        out.printf("%s: \"%s\"%n", id, text);
        out.flush();
    }

    /** A record came, of the demo's own requests or of somebody else's. */
    void received(ReceivedTokens record) {
        AudioTokens chunk = record.tokens();
        String id = chunk.getRequestId();
        boolean own = isOwn(record);
        if (record.end()) {
            String error = chunk.getError() == null ? "" : ": " + chunk.getError();
            out.printf(
                    "%s: %s after %.2f s of audio%s%n",
                    id,
                    chunk.getFinishReason(),
                    chunk.getTokenOffset() / GenerationLimits.TOKENS_PER_SECOND,
                    error);
            if (own) {
                ended.add(id);
                latestEndAt = System.nanoTime();
                failed |= chunk.getError() != null;
            }
        } else {
            long tokensInAll = chunk.getTokenOffset() + chunk.getTokens().size();
            out.printf(
                    "%s: chunk %d, %d tokens, %.2f s of audio so far%s%n",
                    id,
                    chunk.getSequence(),
                    chunk.getTokens().size(),
                    tokensInAll / GenerationLimits.TOKENS_PER_SECOND,
                    own ? sinceSent(id) : "");
            if (own) {
                tokens += chunk.getTokens().size();
            }
        }
        out.flush();
    }

    /** Whether a record belongs to one of the demo's requests. */
    boolean isOwn(ReceivedTokens record) {
        return sentAt.containsKey(record.tokens().getRequestId());
    }

    private String sinceSent(String id) {
        long ms = Math.round((System.nanoTime() - sentAt.get(id)) / 1e6);
        firstChunkMs.putIfAbsent(id, ms);
        return ", " + ms + " ms after the request";
    }

    /** How many of the demo's requests have ended. */
    int ended() {
        return ended.size();
    }

    /** Whether one of them ended with an error. */
    boolean failed() {
        return failed;
    }

    /** The figures of the demo's requests. */
    void summary() {
        double seconds = (latestEndAt - firstSentAt) / 1e9;
        List<Long> first = new ArrayList<>(firstChunkMs.values());
        first.sort(null);
        out.printf(
                "%d request%s, %d tokens: first chunk %s, %.0f tokens/s, RTF %.3f%n",
                ended.size(),
                ended.size() == 1 ? "" : "s",
                tokens,
                first.isEmpty() ? "never" : "after " + first.get(first.size() / 2) + " ms (median)",
                tokens / seconds,
                tokens == 0 ? Double.NaN : seconds / (tokens / GenerationLimits.TOKENS_PER_SECOND));
        out.flush();
    }
}
