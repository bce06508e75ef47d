package io.rwkvtts.chaos;

import io.rwkvtts.schema.TextEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Requests of mixed lengths, a function of the seed: one or two segments of 100 to 300 tokens, one
 * request in four in several events, one in eight cancelled in mid-generation, one in eight with a
 * deadline that it may miss. If some are to be streaming, every fourth one comes sentence by
 * sentence, seconds apart, as from a language model, and is generated to its end.
 */
final class Workload {

    private static final String[] SENTENCES = {
        "The quick brown fox jumps over the lazy dog near the river bank.",
        "A recurrent network remembers what it has read in a state of constant size.",
        "Every word that was begun is to be finished, whatever happens to the machine.",
        "Please hold the line while we look for somebody who can help you with that.",
        "In the morning the harbour was full of ships that nobody had seen before.",
        "She counted the seconds between the lightning and the thunder once again.",
    };

    private static final int CANCELLED_OF_8 = 0;
    private static final int LATE_OF_8 = 1;
    private static final int LEAST_TOKENS = 100;
    private static final int MOST_TOKENS = 300;
    private static final int TOKENS_TO_SPARE = 20;
    private static final int LATEST_CANCEL = 12;
    private static final int LONGEST_DEADLINE_MS = 15_000;
    private static final int LONGEST_PAUSE_MS = 300;

    private static final int STREAMING_OF = 4;
    private static final int STREAMING_TOKENS = 25;
    private static final long LEAST_WAIT_MS = 4_000;

    /** Longest time between two sentences of a streaming request. */
    static final long MOST_WAIT_MS = 7_000;

    private Workload() {}

    /**
     * @param streaming for how long the text of the streaming requests comes, zero if none is
     */
    static List<PlannedRequest> of(long seed, int requests, Duration streaming) {
        Random random = new Random(seed);
        return IntStream.range(0, requests)
                .mapToObj(
                        number -> {
                            String id = "request-" + number;
                            return !streaming.isZero() && number % STREAMING_OF == 0
                                    ? streamingRequest(id, streaming, random)
                                    : request(id, random);
                        })
                .toList();
    }

    /** Requests that are neither cancelled nor have a deadline. */
    static List<PlannedRequest> whole(long seed, int requests) {
        Random random = new Random(seed);
        return IntStream.range(0, requests)
                .mapToObj(number -> request("whole-" + number, random).uninterrupted())
                .toList();
    }

    private static PlannedRequest streamingRequest(String id, Duration length, Random random) {
        int sentences = 2 + (int) (length.toMillis() / LEAST_WAIT_MS);
        TextEvent.Builder attributes =
                TextEvent.newBuilder()
                        .setRequestId(id)
                        .setSeed(random.nextLong())
                        .setMinSemanticTokens(STREAMING_TOKENS)
                        .setMaxSemanticTokens(STREAMING_TOKENS + TOKENS_TO_SPARE);
        List<TextEvent> events = new ArrayList<>();
        for (int piece = 0; piece < sentences; piece++) {
            events.add(
                    attributes
                            .setSequence(piece)
                            .setText(SENTENCES[random.nextInt(SENTENCES.length)] + " ")
                            .setLast(piece == sentences - 1)
                            .build());
        }
        return new PlannedRequest(
                id,
                List.copyOf(events),
                Duration.ofMillis(
                        LEAST_WAIT_MS + random.nextInt((int) (MOST_WAIT_MS - LEAST_WAIT_MS))),
                OptionalInt.empty(),
                null);
    }

    private static PlannedRequest request(String id, Random random) {
        int sentences = 1 + random.nextInt(2);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sentences; i++) {
            text.append(i == 0 ? "" : " ").append(SENTENCES[random.nextInt(SENTENCES.length)]);
        }
        int least = LEAST_TOKENS + random.nextInt(MOST_TOKENS - LEAST_TOKENS);
        TextEvent.Builder attributes =
                TextEvent.newBuilder()
                        .setRequestId(id)
                        .setSeed(random.nextLong())
                        .setGender(random.nextBoolean() ? "male" : "female")
                        .setTemperature(0.7 + 0.5 * random.nextDouble())
                        .setMinSemanticTokens(least)
                        .setMaxSemanticTokens(least + TOKENS_TO_SPARE);
        int pieces = random.nextInt(4) == 0 ? 2 + random.nextInt(3) : 1;
        int ending = random.nextInt(8);
        return new PlannedRequest(
                id,
                events(attributes, text.toString(), pieces),
                Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MS)),
                ending == CANCELLED_OF_8
                        ? OptionalInt.of(1 + random.nextInt(LATEST_CANCEL))
                        : OptionalInt.empty(),
                ending == LATE_OF_8
                        ? Duration.ofMillis(500 + random.nextInt(LONGEST_DEADLINE_MS))
                        : null);
    }

    private static List<TextEvent> events(TextEvent.Builder attributes, String text, int pieces) {
        List<TextEvent> events = new ArrayList<>();
        for (int piece = 0; piece < pieces; piece++) {
            int from = text.length() * piece / pieces;
            int to = text.length() * (piece + 1) / pieces;
            events.add(
                    attributes
                            .setSequence(piece)
                            .setText(text.substring(from, to))
                            .setLast(piece == pieces - 1)
                            .build());
        }
        return List.copyOf(events);
    }
}
