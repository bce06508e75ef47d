package io.rwkvtts.cli;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.audio.RequestAudio;
import io.rwkvtts.audio.WindowPlan;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.schema.AudioTokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Plays requests while they are generated, one after the other in the order in which they began;
 * the sound of those that follow waits. A request whose beginning was missed is not played.
 *
 * <p>Owns the decoder, the sink and a thread that writes to it, so that records are read while
 * sound is played. Belongs to one thread.
 */
final class PlayedRequests implements RequestRecorder {

    private static final class Playing {
        private final RequestAudio audio;
        private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
        private boolean ended;

        private Playing(RequestAudio audio) {
            this.audio = audio;
        }
    }

    private final AudioDecoder decoder;
    private final DecoderOptions options;
    private final AudioSink sink;
    private final ExecutorService player = Executors.newSingleThreadExecutor();
    private CompletableFuture<Void> played = CompletableFuture.completedFuture(null);

    /** Those that have not been passed to the player as a whole; the first one is heard. */
    private final Map<String, Playing> requests = new LinkedHashMap<>();

    PlayedRequests(AudioDecoder decoder, DecoderOptions options, AudioSink sink) {
        this.decoder = decoder;
        this.options = options;
        this.sink = sink;
    }

    @Override
    public void received(ReceivedTokens received) throws IOException {
        AudioTokens tokens = received.tokens();
        Playing request = requests.get(tokens.getRequestId());
        if (request == null) {
            if (tokens.getGlobalTokens() == null) {
                return;
            }
            request =
                    new Playing(new RequestAudio(decoder, WindowPlan.streaming(decoder.format())));
            requests.put(tokens.getRequestId(), request);
        }
        ByteArrayOutputStream waiting = request.waiting;
        if (received.end()) {
            request.audio.end(samples -> waiting.writeBytes(options.pcm(samples)));
            request.ended = true;
        } else {
            request.audio.accept(
                    ints(tokens.getGlobalTokens()),
                    ints(tokens.getTokens()),
                    samples -> waiting.writeBytes(options.pcm(samples)));
        }
        playFirst();
    }

    private static int[] ints(List<Integer> list) {
        return list == null ? null : list.stream().mapToInt(Integer::intValue).toArray();
    }

    private void playFirst() throws IOException {
        var places = requests.values().iterator();
        boolean next = true;
        while (next && places.hasNext()) {
            Playing request = places.next();
            play(request.waiting.toByteArray());
            request.waiting.reset();
            next = request.ended;
            if (next) {
                places.remove();
            }
        }
    }

    private void play(byte[] pcm) throws IOException {
        if (played.isCompletedExceptionally()) {
            awaitPlayed();
        }
        played =
                played.thenRunAsync(
                        () -> {
                            try {
                                sink.write(pcm);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        player);
    }

    private void awaitPlayed() throws IOException {
        try {
            played.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException io) {
                throw io.getCause();
            }
            throw e;
        }
    }

    /** Waits until all that was received has been played. */
    @Override
    public void close() throws IOException {
        try (decoder;
                sink) {
            for (Playing request : requests.values()) {
                request.audio.end(samples -> request.waiting.writeBytes(options.pcm(samples)));
                request.ended = true;
            }
            playFirst();
            awaitPlayed();
        } finally {
            player.shutdownNow();
        }
    }
}
