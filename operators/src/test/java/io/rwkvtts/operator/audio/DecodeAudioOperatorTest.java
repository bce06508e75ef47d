package io.rwkvtts.operator.audio;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.audio.CodecFormat;
import io.rwkvtts.audio.Convolution;
import io.rwkvtts.operator.SpeechEnd;
import io.rwkvtts.operator.TokenChunk;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DecodeAudioOperatorTest {

    private final Convolution decoder = new Convolution();

    /** All requests at once, their chunks in turns. */
    private static List<TokenChunk> mixed(Map<String, Tokens> requests, Random random) {
        List<List<TokenChunk>> left = new ArrayList<>();
        requests.values().forEach(tokens -> left.add(new ArrayList<>(tokens.chunks())));
        List<TokenChunk> mixed = new ArrayList<>();
        while (!left.isEmpty()) {
            List<TokenChunk> next = left.get(random.nextInt(left.size()));
            mixed.add(next.remove(0));
            left.removeIf(List::isEmpty);
        }
        return mixed;
    }

    /** Every other one of them is on a side of an experiment. */
    private static Map<String, Tokens> requests(int count, Random random) {
        Map<String, Tokens> requests = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            Tokens tokens = Tokens.random("r" + i, random);
            requests.put("r" + i, i % 2 == 0 ? tokens : tokens.on("short:b"));
        }
        return requests;
    }

    /**
     * Sequences without a gap, offsets that fit, samples of the decoding in one call, the end, and
     * the side of an experiment in each record.
     */
    private void assertWhole(Tokens tokens, List<PcmChunk> records) {
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        for (int i = 0; i < records.size(); i++) {
            PcmChunk record = records.get(i);
            assertThat(record.position().sequence()).isEqualTo(i);
            assertThat(record.position().sampleOffset()).isEqualTo(pcm.size() / 2);
            assertThat(record.sampleRate()).isEqualTo(16_000);
            assertThat(record.requestTimestampMs()).isEqualTo(77);
            assertThat(record.arm()).isEqualTo(tokens.chunks().get(0).arm());
            boolean last = i == records.size() - 1;
            assertThat(record.end()).isEqualTo(last ? new SpeechEnd("stop", null) : null);
            assertThat(record.pcm().length == 0).isEqualTo(last);
            pcm.writeBytes(record.pcm());
        }
        assertThat(pcm.toByteArray()).isEqualTo(tokens.pcm(decoder, AudioHarness.GAIN));
    }

    private static List<String> described(List<PcmChunk> records) {
        return records.stream()
                .map(
                        r ->
                                "%d %d %d %d %s %s"
                                        .formatted(
                                                r.position().sequence(),
                                                r.position().segment(),
                                                r.position().sampleOffset(),
                                                java.util.Arrays.hashCode(r.pcm()),
                                                r.pcm().length,
                                                r.end()))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void testSoundIsThatOfTheSegmentsInOneCall(int threads) throws Exception {
        Random random = new Random(11);
        Map<String, Tokens> requests = requests(40, random);
        try (AudioHarness task = AudioHarness.open(decoder, threads)) {
            for (TokenChunk chunk : mixed(requests, random)) {
                task.process(chunk);
            }
            task.drain();
            task.snapshot();
            assertThat(task.sound()).hasSize(40);
            task.sound().forEach((id, records) -> assertWhole(requests.get(id), records));
            assertThat(task.storedRequests()).isZero();
        }
    }

    /** The same records, whatever of them was decoded when the chunks came. */
    @Test
    void testRecordsDependOnTheTokensAlone() throws Exception {
        Tokens tokens = Tokens.random("r", new Random(3));
        List<String> first;
        try (AudioHarness task = AudioHarness.open(decoder, 1)) {
            for (TokenChunk chunk : tokens.chunks()) {
                task.process(chunk);
            }
            task.drain();
            first = described(task.records());
        }
        try (AudioHarness task = AudioHarness.open(decoder, 1)) {
            for (TokenChunk chunk : tokens.chunks()) {
                task.process(chunk);
                task.drain();
            }
            assertThat(described(task.records())).isEqualTo(first);
        }
    }

    /** A checkpoint at every place, some of them while windows are being decoded. */
    @Test
    void testRestoreAtAnyPlaceChangesNoByte() throws Exception {
        Random random = new Random(5);
        Map<String, Tokens> requests = requests(3, random);
        List<TokenChunk> chunks = mixed(requests, random);
        for (int place = 0; place <= chunks.size(); place++) {
            Map<String, List<PcmChunk>> sound = new LinkedHashMap<>();
            OperatorSubtaskState state;
            try (AudioHarness task = AudioHarness.open(decoder, 2)) {
                for (TokenChunk chunk : chunks.subList(0, place)) {
                    task.process(chunk);
                    if (random.nextBoolean()) {
                        task.drain();
                    }
                }
                state = task.snapshot();
                sound.putAll(task.sound());
            }
            try (AudioHarness restored = AudioHarness.open(decoder, 2, state, 0, 1)) {
                for (TokenChunk chunk : chunks.subList(place, chunks.size())) {
                    restored.process(chunk);
                }
                restored.drain();
                restored.sound()
                        .forEach(
                                (id, records) ->
                                        sound.computeIfAbsent(id, i -> new ArrayList<>())
                                                .addAll(records));
            }
            assertThat(sound).hasSize(3);
            sound.forEach((id, records) -> assertWhole(requests.get(id), records));
        }
    }

    /** What sounds after a restore and before more tokens come can know it from the state alone. */
    @Test
    void testRestoreInMidRequestKeepsTheSideOfAnExperiment() throws Exception {
        TokenChunk first = Tokens.chunk("r", 0, 0, 0, new int[30], new int[32]);
        Tokens tokens =
                new Tokens(
                                List.of(first, Tokens.end("r", 1, "stop")),
                                List.of(first.tokens()),
                                first.globalTokens())
                        .on("short:b");
        OperatorSubtaskState state;
        try (AudioHarness task = AudioHarness.open(decoder, 1)) {
            task.process(tokens.chunks().get(0));
            state = task.snapshot();
            assertThat(task.records()).isEmpty();
        }
        try (AudioHarness restored = AudioHarness.open(decoder, 1, state, 0, 1)) {
            restored.drain();
            assertThat(restored.records())
                    .isNotEmpty()
                    .allSatisfy(record -> assertThat(record.arm()).isEqualTo("short:b"));
            restored.process(tokens.chunks().get(1));
            restored.drain();
            assertWhole(tokens, restored.records());
        }
    }

    @Test
    void testRescaleMovesEachRequestToOneSubtask() throws Exception {
        Random random = new Random(6);
        Map<String, Tokens> requests = requests(12, random);
        Map<String, List<PcmChunk>> sound = new LinkedHashMap<>();
        OperatorSubtaskState state;
        try (AudioHarness task = AudioHarness.open(decoder, 1)) {
            for (Tokens tokens : requests.values()) {
                task.process(tokens.chunks().get(0));
            }
            task.drain();
            state = task.snapshot();
            sound.putAll(task.sound());
        }
        for (int subtask = 0; subtask < 2; subtask++) {
            try (AudioHarness task = AudioHarness.open(decoder, 1, state, subtask, 2)) {
                assertThat(task.storedRequests()).isBetween(1, 11);
                for (String id : task.storedIds()) {
                    List<TokenChunk> chunks = requests.get(id).chunks();
                    for (TokenChunk chunk : chunks.subList(1, chunks.size())) {
                        task.process(chunk);
                    }
                }
                task.drain();
                task.sound()
                        .forEach(
                                (id, records) ->
                                        sound.computeIfAbsent(id, i -> new ArrayList<>())
                                                .addAll(records));
            }
        }
        assertThat(sound).hasSize(12);
        sound.forEach((id, records) -> assertWhole(requests.get(id), records));
    }

    @Test
    void testEndOfTheInputWaitsForTheSound() throws Exception {
        Tokens tokens = Tokens.random("r", new Random(8));
        try (AudioHarness task = AudioHarness.open(decoder, 1)) {
            for (TokenChunk chunk : tokens.chunks()) {
                task.process(chunk);
            }
            task.endInput();
            assertWhole(tokens, task.records());
        }
    }

    @Test
    void testFailingDecoderEndsTheSoundOfTheRequestOnly() throws Exception {
        Random random = new Random(9);
        Tokens failing = Tokens.random("failing", random);
        Tokens fine = Tokens.random("fine", random);
        try (AudioHarness task = AudioHarness.open(decoder, 1)) {
            decoder.fail(true);
            task.process(Tokens.chunk("failing", 0, 0, 0, new int[30], failing.globals()));
            task.drain();
            decoder.fail(false);
            task.process(Tokens.chunk("failing", 1, 0, 30, new int[60], null));
            task.process(Tokens.end("failing", 2, "stop"));
            for (TokenChunk chunk : fine.chunks()) {
                task.process(chunk);
            }
            task.drain();
            task.snapshot();
            assertThat(task.sound().get("failing"))
                    .singleElement()
                    .satisfies(
                            record -> {
                                assertThat(record.position().sequence()).isZero();
                                assertThat(record.end()).isEqualTo(SpeechEnd.failed("fails"));
                            });
            assertWhole(fine, task.sound().get("fine"));
            assertThat(task.storedRequests()).isZero();
        }
    }

    /** As after a restore of a job that had no such stage. */
    @Test
    void testRequestWhoseBeginningWasMissedHasNoSound() throws Exception {
        Tokens tokens = Tokens.random("r", new Random(10)).on("short:a");
        try (AudioHarness task = AudioHarness.open(decoder, 1)) {
            for (TokenChunk chunk : tokens.chunks().subList(1, tokens.chunks().size())) {
                task.process(chunk);
            }
            task.drain();
            assertThat(task.records())
                    .singleElement()
                    .satisfies(
                            record -> {
                                assertThat(record.end().reason()).isEqualTo("error");
                                assertThat(record.end().error()).contains("began before");
                                assertThat(record.arm()).isEqualTo("short:a");
                            });
        }
    }

    @Test
    void testRequestWithoutTokensEnds() throws Exception {
        try (AudioHarness task = AudioHarness.open(decoder, 1)) {
            task.process(Tokens.end("r", 0, "overloaded"));
            assertThat(task.records())
                    .singleElement()
                    .satisfies(
                            r -> assertThat(r.end()).isEqualTo(new SpeechEnd("overloaded", null)));
        }
    }

    /** A decoder whose calls wait until they may continue. */
    private static final class Gate implements AudioDecoder {

        private final Convolution inner = new Convolution();
        private final CountDownLatch opened = new CountDownLatch(1);

        @Override
        public CodecFormat format() {
            return inner.format();
        }

        @Override
        public float[] decode(int[] semantics, int[] globals) {
            try {
                opened.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return inner.decode(semantics, globals);
        }

        @Override
        public void close() {}
    }

    @Test
    void testInputWaitsWhileTooManyWait() throws Exception {
        Random random = new Random(12);
        Gate gate = new Gate();
        try (AudioHarness task = AudioHarness.open(gate, 1)) {
            int[] globals = new int[32];
            for (int i = 0; i <= DecodeAudioOperator.MOST_WAITING; i++) {
                task.process(Tokens.chunk("r" + i, 0, 0, 0, new int[10], globals));
            }
            Thread taskThread = Thread.currentThread();
            CompletableFuture<Void> opener =
                    CompletableFuture.runAsync(
                            () -> {
                                while (taskThread.getState() != Thread.State.TIMED_WAITING) {
                                    Thread.onSpinWait();
                                }
                                gate.opened.countDown();
                            });
            task.process(Tokens.chunk("more", 0, 0, 0, new int[10], globals));
            opener.get();
            assertThat(task.records()).isNotEmpty();
            task.drain();
            assertThat(task.sound()).hasSize(DecodeAudioOperator.MOST_WAITING + 2);
        }
    }

    /** The task is cancelled while a window is being decoded. */
    @Test
    void testCloseDoesNotWaitForWhatWaits() throws Exception {
        Gate gate = new Gate();
        AudioHarness task = AudioHarness.open(gate, 1);
        for (int i = 0; i < 10; i++) {
            task.process(Tokens.chunk("r" + i, 0, 0, 0, new int[10], new int[32]));
        }
        task.cancel();
        assertThat(gate.opened.getCount()).isOne();
    }
}
