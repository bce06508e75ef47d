package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.audio.Convolution;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.schema.AudioTokens;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An utterance with a client that may take nothing; decoded on the thread that hands it tokens. */
@Timeout(60)
class UtteranceTest {

    private static final int CHUNK_TOKENS = 50;
    private static final int SAMPLES_PER_TOKEN = 3;
    private static final int BUFFERED_BYTES = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final GatewayMetrics metrics = new GatewayMetrics();
    private final RecordedRequest request = new RecordedRequest();
    private int sequence;

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private Utterance utterance(UtteranceSink sink, Duration stalledAfter) {
        GatewaySettings.Limits limits =
                new GatewaySettings.Limits(
                        1,
                        1,
                        Duration.ofSeconds(1),
                        BUFFERED_BYTES,
                        stalledAfter,
                        Duration.ofSeconds(1));
        return new Utterance(
                new Utterance.Parts(new Convolution(), Runnable::run, metrics, 1, limits),
                context,
                sink,
                0,
                request);
    }

    private ReceivedTokens chunk() {
        return record(Collections.nCopies(CHUNK_TOKENS, 1), null);
    }

    private ReceivedTokens end(String reason) {
        return record(List.of(), reason);
    }

    private ReceivedTokens record(List<Integer> tokens, String reason) {
        AudioTokens.Builder record =
                AudioTokens.newBuilder()
                        .setRequestId("a")
                        .setSequence(sequence)
                        .setSegment(0)
                        .setTokenOffset(0)
                        .setTokens(tokens)
                        .setFinishReason(reason);
        if (sequence++ == 0) {
            record.setGlobalTokens(Collections.nCopies(32, 0));
        }
        return new ReceivedTokens(record.build(), 0, -1, -1);
    }

    /** All that was passed on before this. */
    private void settle() throws InterruptedException {
        CountDownLatch passed = new CountDownLatch(1);
        context.runOnContext(v -> passed.countDown());
        assertThat(passed.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void testACancellationReachesTheJobAtOnceAndWhatIsNotDecodedIsDropped() throws Exception {
        RecordedSink sink = new RecordedSink(false);
        Utterance utterance = utterance(sink, Duration.ofMinutes(1));
        for (int i = 0; i < 100; i++) {
            utterance.received(chunk());
        }
        settle();
        int before = sink.samples;
        assertThat(before).isLessThan(100 * CHUNK_TOKENS * SAMPLES_PER_TOKEN);

        utterance.cancel();
        assertThat(request.told).containsExactly("cancel");
        utterance.received(chunk());
        utterance.received(end("cancelled"));
        settle();

        assertThat(sink.samples).isEqualTo(before);
        assertThat(sink.end.reason()).isEqualTo("cancelled");
    }

    /** The job was done before it read the cancellation. */
    @Test
    void testSoundThatWasCutShortIsNotCalledComplete() throws Exception {
        RecordedSink sink = new RecordedSink(false);
        Utterance utterance = utterance(sink, Duration.ofMinutes(1));
        for (int i = 0; i < 100; i++) {
            utterance.received(chunk());
        }
        utterance.received(end("stop"));
        utterance.cancel();
        settle();

        assertThat(sink.end.reason()).isEqualTo("cancelled");
    }

    @Test
    void testSoundWhoseLengthMustBeKnownIsDecodedWhenAllTokensAreThere() throws Exception {
        RecordedSink sink = new RecordedSink(true);
        Utterance utterance = utterance(sink, Duration.ofMinutes(1));
        int chunks = 100;
        for (int i = 0; i < chunks; i++) {
            utterance.received(chunk());
        }
        settle();
        assertThat(sink.length).isEqualTo(-1);
        assertThat(sink.samples).isZero();

        utterance.received(end("stop"));
        settle();
        int all = chunks * CHUNK_TOKENS * SAMPLES_PER_TOKEN;
        assertThat(sink.length).isEqualTo(all);
        // No more is decoded than may wait for the client, and the last piece.
        assertThat(sink.samples).isBetween(1, BUFFERED_BYTES);

        while (sink.end == null) {
            sink.take();
            settle();
        }
        assertThat(sink.samples).isEqualTo(all);
        assertThat(sink.end.reason()).isEqualTo("stop");
    }

    @Test
    void testSoundWhoseLengthMustBeKnownIsNotBegunIfItIsNotComplete() throws Exception {
        RecordedSink sink = new RecordedSink(true);
        Utterance utterance = utterance(sink, Duration.ofMinutes(1));
        utterance.received(chunk());
        utterance.received(end("deadline"));
        settle();

        assertThat(sink.length).isEqualTo(-1);
        assertThat(sink.samples).isZero();
        assertThat(sink.end.reason()).isEqualTo("deadline");
    }

    @Test
    void testAClientThatLeavesARequestThatContinuesHearsNoMoreOfIt() throws Exception {
        RecordedSink sink = new RecordedSink(false);
        Utterance utterance = utterance(sink, Duration.ofMinutes(1));
        utterance.received(chunk());
        settle();
        utterance.abandon();
        sink.take();
        settle();

        assertThat(request.told).containsExactly("leave");
        assertThat(utterance.done()).isTrue();
        assertThat(metrics.openUtterances()).isZero();
        assertThat(metrics.text().toString())
                .contains("tts_gateway_utterances_total{end=\"left\"} 1.0");
    }

    @Test
    void testAClientThatTakesNothingLosesItsRequestAndItsConnection() throws Exception {
        RecordedSink sink = new RecordedSink(false);
        Utterance utterance = utterance(sink, Duration.ofMillis(1));
        utterance.received(chunk());
        settle();
        while (!sink.aborted) {
            utterance.endIfStalled();
            settle();
        }

        assertThat(request.told).containsExactly("cancel", "leave");
        assertThat(metrics.text().toString())
                .contains("tts_gateway_utterances_total{end=\"slow_client\"} 1.0");
    }

    /** The end has been passed on, but not been taken. */
    @Test
    void testAClientThatDoesNotTakeTheLastOfTheSoundLosesItsConnection() throws Exception {
        RecordedSink sink = new RecordedSink(false);
        Utterance utterance = utterance(sink, Duration.ofMillis(1));
        utterance.received(chunk());
        utterance.received(end("stop"));
        settle();
        assertThat(sink.end.reason()).isEqualTo("stop");
        assertThat(utterance.done()).isFalse();
        while (!sink.aborted) {
            utterance.endIfStalled();
            settle();
        }

        assertThat(request.told).containsExactly("leave");
        assertThat(metrics.openUtterances()).isZero();
    }

    private static final class RecordedRequest implements Utterance.Request {

        private final List<String> told = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void cancel() {
            told.add("cancel");
        }

        @Override
        public void leave() {
            told.add("leave");
        }
    }

    /** Takes pieces when it is told to. */
    private static final class RecordedSink implements UtteranceSink {

        private final boolean needsLength;
        private final List<Promise<Void>> waiting = new ArrayList<>();
        private volatile int samples;
        private volatile long length = -1;
        private volatile boolean aborted;
        private volatile UtteranceEnd end;

        private RecordedSink(boolean needsLength) {
            this.needsLength = needsLength;
        }

        private synchronized void take() {
            List<Promise<Void>> taken = List.copyOf(waiting);
            waiting.clear();
            taken.forEach(Promise::complete);
        }

        @Override
        public synchronized Future<Void> audio(byte[] pcm, long sampleOffset) {
            assertThat(sampleOffset).isEqualTo(samples);
            samples += pcm.length / 2;
            Promise<Void> left = Promise.promise();
            waiting.add(left);
            return left.future();
        }

        @Override
        public boolean needsLength() {
            return needsLength;
        }

        @Override
        public void length(long all) {
            length = all;
        }

        @Override
        public void abort() {
            aborted = true;
        }

        @Override
        public void ended(UtteranceEnd how) {
            end = how;
        }
    }
}
