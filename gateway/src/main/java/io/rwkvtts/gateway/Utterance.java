package io.rwkvtts.gateway;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.audio.AudioException;
import io.rwkvtts.audio.Pcm16;
import io.rwkvtts.audio.RequestAudio;
import io.rwkvtts.audio.WindowPlan;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.SpeechException;
import io.rwkvtts.client.SpeechListener;
import io.rwkvtts.gateway.UtteranceEnd.Usage;
import io.rwkvtts.schema.AudioTokens;
import io.vertx.core.Context;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One request from its tokens to its client: tokens come on the Kafka client's thread, are decoded
 * by the pool, one piece after the other, and the sound is passed on at the connection's event
 * loop.
 *
 * <p>What waits for the client is bounded: beyond the limit nothing is decoded, and only tokens
 * wait, which are a hundredth of the bytes. A client that takes nothing at all for too long has its
 * request cancelled.
 */
final class Utterance implements SpeechListener {

    /** The job's request that it hears. Its methods return at once. */
    interface Request {

        /** Tells the job that nobody listens. */
        void cancel();

        /** Hears nothing more of it. The job is not told. */
        void leave();
    }

    /** What it uses of the gateway. */
    record Parts(
            AudioDecoder decoder,
            Executor decoders,
            GatewayMetrics metrics,
            float gain,
            GatewaySettings.Limits limits) {}

    private static final double CONTINUOUS_SECONDS = 0.1;

    private final Parts parts;
    private final Context context;
    private final UtteranceSink sink;
    private final Request request;
    private final long fromSample;
    private final long startNanos = System.nanoTime();
    private final SerialTasks decoding;
    private final RequestAudio audio;
    private final AtomicLong bufferedBytes = new AtomicLong();

    /** When the client last took something, or had nothing to take. */
    private volatile long takenNanos = startNanos;

    // Of the decoding tasks.
    private final Deque<ReceivedTokens> undecoded = new ArrayDeque<>();
    private long samples;
    private long tokens;
    private long firstNanos;
    private boolean cut;
    private boolean whole;
    private volatile boolean done;

    private volatile int textChars;
    private volatile boolean stopped;
    private volatile boolean heard;

    /**
     * @param fromSample the first sample that the client wants
     * @param request that it hears
     */
    Utterance(Parts parts, Context context, UtteranceSink sink, long fromSample, Request request) {
        this.parts = parts;
        this.context = context;
        this.sink = sink;
        this.fromSample = fromSample;
        this.request = request;
        decoding = new SerialTasks(parts.decoders());
        audio = new RequestAudio(parts.decoder(), WindowPlan.streaming(parts.decoder().format()));
        parts.metrics().began();
    }

    /** Counts text that was sent. */
    void addText(String text) {
        textChars += text.length();
    }

    /** The client has left: nothing is passed on any more, and the job is told. */
    void leave() {
        if (!stopped) {
            stopped = true;
            request.cancel();
            decoding.execute(() -> end(UtteranceEnd.CANCELLED, null));
        }
    }

    /** The client has left, but the request continues: somebody may resume it. */
    void abandon() {
        if (!stopped) {
            stopped = true;
            decoding.execute(() -> end(UtteranceEnd.LEFT, null));
        }
    }

    /** Whether anything has come from the job. */
    boolean heard() {
        return heard;
    }

    /**
     * The client wants no more sound, but to hear of the end. The job is told at once, however much
     * waits for the client, and nothing more is decoded.
     */
    void cancel() {
        request.cancel();
        decoding.execute(
                () -> {
                    cut = true;
                    undecoded.removeIf(record -> !record.end());
                    decodeMore();
                });
    }

    @Override
    public void received(ReceivedTokens record) {
        heard = true;
        decoding.execute(() -> take(record));
    }

    private void take(ReceivedTokens record) {
        if (done || cut && !record.end()) {
            return;
        }
        undecoded.add(record);
        if (record.end()) {
            whole = true;
            if (sink.needsLength()) {
                tellLength(record.tokens());
            }
        }
        decodeMore();
    }

    private void tellLength(AudioTokens end) {
        if (!UtteranceEnd.isComplete(end.getFinishReason())) {
            undecoded.removeIf(record -> !record.end());
            cut = true;
            return;
        }
        long count = 0;
        for (ReceivedTokens record : undecoded) {
            count += record.end() ? 0 : record.tokens().getTokens().size();
        }
        long length = count * parts.decoder().format().samplesPerToken();
        context.runOnContext(v -> sink.length(length));
    }

    @Override
    public void failed(SpeechException cause) {
        fail(cause);
    }

    /** It cannot be sent, or heard. */
    void fail(RuntimeException cause) {
        decoding.execute(() -> end(UtteranceEnd.FAILED, cause.getMessage()));
    }

    /** Decodes what the client has room for. */
    private void decodeMore() {
        while (!done
                && (whole || !sink.needsLength())
                && !undecoded.isEmpty()
                && (cut || bufferedBytes.get() < parts.limits().bufferedBytes())) {
            decode(undecoded.remove());
        }
    }

    /**
     * Ends it, and its connection, if its client has taken nothing for too long. For any thread,
     * now and then.
     */
    void endIfStalled() {
        boolean waits = bufferedBytes.get() > 0 && sink.waitsForClient();
        if (!waits) {
            takenNanos = System.nanoTime();
        } else if (System.nanoTime() - takenNanos > parts.limits().stalledAfter().toNanos()) {
            decoding.execute(
                    () -> {
                        stopped = true;
                        giveUp(UtteranceEnd.SLOW_CLIENT, "the client takes the sound too slowly");
                        context.runOnContext(v -> sink.abort());
                    });
        }
    }

    /** Whether its end has been passed on, and all of its sound has left. */
    boolean done() {
        return done && bufferedBytes.get() == 0;
    }

    private void giveUp(String reason, String error) {
        if (!done) {
            request.cancel();
            end(reason, error);
        }
    }

    private void decode(ReceivedTokens record) {
        AudioTokens chunk = record.tokens();
        try {
            if (cut && record.end()) {
                // What the client did not hear was not complete for it.
                String reason = chunk.getFinishReason();
                end(
                        UtteranceEnd.isComplete(reason) ? UtteranceEnd.CANCELLED : reason,
                        chunk.getError());
            } else if (record.gap()) {
                giveUp(UtteranceEnd.FAILED, "a part of the sound is lost");
            } else if (record.end()) {
                audio.end(this::emit);
                end(chunk.getFinishReason(), chunk.getError());
            } else {
                tokens += chunk.getTokens().size();
                audio.accept(ids(chunk.getGlobalTokens()), ids(chunk.getTokens()), this::emit);
            }
        } catch (AudioException | IllegalArgumentException | IllegalStateException e) {
            giveUp(UtteranceEnd.FAILED, "the tokens cannot be decoded: " + e.getMessage());
        }
    }

    private static int[] ids(List<Integer> ids) {
        return ids == null ? null : ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private void emit(float[] decoded) {
        observe(decoded.length);
        long offset = samples;
        samples += decoded.length;
        int skipped = (int) Math.min(decoded.length, Math.max(0, fromSample - offset));
        if (stopped || done || skipped == decoded.length) {
            return;
        }
        byte[] pcm = Pcm16.of(Arrays.copyOfRange(decoded, skipped, decoded.length), parts.gain());
        bufferedBytes.addAndGet(pcm.length);
        context.runOnContext(
                v -> sink.audio(pcm, offset + skipped).onComplete(left -> taken(pcm.length)));
    }

    private void taken(int bytes) {
        bufferedBytes.addAndGet(-bytes);
        takenNanos = System.nanoTime();
        decoding.execute(this::decodeMore);
    }

    private void observe(int count) {
        long now = System.nanoTime();
        int rate = parts.decoder().format().sampleRate();
        if (samples == 0) {
            firstNanos = now;
            if (fromSample == 0) {
                parts.metrics().firstAudio((now - startNanos) / 1e9);
            }
        } else if ((now - firstNanos) / 1e9 > (double) samples / rate + CONTINUOUS_SECONDS) {
            parts.metrics().underrun();
            // The listener has waited; the clock of what follows starts again.
            firstNanos = now - (long) (samples * 1e9 / rate);
        }
        parts.metrics().decoded((double) count / rate);
    }

    private void end(String reason, String error) {
        if (done) {
            return;
        }
        done = true;
        undecoded.clear();
        request.leave();
        parts.metrics().ended(reason);
        UtteranceEnd end = new UtteranceEnd(reason, error, new Usage(textChars, tokens, samples));
        if (!stopped) {
            context.runOnContext(v -> sink.ended(end));
        }
        stopped = true;
    }
}
