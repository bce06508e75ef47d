package io.rwkvtts.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class WireCodecTest {

    private final WireCodec<TextEvent> codec = WireCodec.textEvents();

    @Test
    void testSimplestTextEventIsAWholeRequest() throws WireFormatException {
        TextEvent event =
                codec.decode(
                        codec.encode(
                                TextEvent.newBuilder()
                                        .setRequestId("r1")
                                        .setText("Hello.")
                                        .build()));

        assertThat(event.getRequestId()).isEqualTo("r1");
        assertThat(event.getSequence()).isZero();
        assertThat(event.getText()).isEqualTo("Hello.");
        assertThat(event.getLast()).isTrue();
        assertThat(event.getCancel()).isFalse();
        assertThat(event.getVoiceId()).isNull();
        assertThat(event.getSeed()).isNull();
        assertThat(event.getTenant()).isNull();
    }

    @Test
    void testFullTextEventSurvives() throws WireFormatException {
        TextEvent event = TextEvents.full();

        assertThat(codec.decode(codec.encode(event))).isEqualTo(event);
    }

    @Test
    void testHalfASurrogatePairIsRefusedByFieldAndNeverReplaced() throws WireFormatException {
        TextEvent event = TextEvents.full();
        event.setText("a\ud83d\ude00");
        assertThat(codec.decode(codec.encode(event)).getText()).isEqualTo("a\ud83d\ude00");
        for (String half : List.of("a\ud83d", "\ude00b", "\ude00\ud83d")) {
            event.setText(half);
            assertThatThrownBy(() -> codec.encode(event))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("field text of the TextEvent has half a surrogate pair");
        }
        TextEvent named = TextEvents.full();
        named.setTenant("\ud83d");
        assertThatThrownBy(() -> codec.encode(named)).hasMessageContaining("field tenant");
    }

    @Test
    void testAudioTokensSurvive() throws WireFormatException {
        WireCodec<AudioTokens> codec = WireCodec.audioTokens();
        AudioTokens first =
                AudioTokens.newBuilder()
                        .setRequestId("r1")
                        .setSequence(0)
                        .setSegment(0)
                        .setTokenOffset(0)
                        .setTokens(List.of(0, 8191, 17))
                        .setGlobalTokens(List.of(4095, 0))
                        .setModelId("abc")
                        .build();
        AudioTokens end =
                AudioTokens.newBuilder()
                        .setRequestId("r1")
                        .setSequence(Long.MAX_VALUE)
                        .setSegment(Integer.MAX_VALUE)
                        .setTokenOffset(Long.MAX_VALUE)
                        .setFinishReason("error")
                        .setError("text is blank")
                        .build();

        assertThat(codec.decode(codec.encode(first))).isEqualTo(first);
        assertThat(codec.decode(codec.encode(end))).isEqualTo(end);
        assertThat(codec.decode(codec.encode(end)).getTokens()).isEmpty();
    }

    @Test
    void testDeadLetterSurvives() throws WireFormatException {
        WireCodec<DeadLetter> codec = WireCodec.deadLetters();
        DeadLetter letter =
                DeadLetter.newBuilder()
                        .setReason("undecodable")
                        .setDetail("0 bytes")
                        .setTopic("tts-requests")
                        .setPartition(3)
                        .setOffset(1L << 40)
                        .setTimestamp(1_700_000_000_000L)
                        .setPayload(ByteBuffer.wrap(new byte[] {0, -1, 7}))
                        .setPayloadLength(3)
                        .build();

        assertThat(codec.decode(codec.encode(letter))).isEqualTo(letter);
    }

    @Test
    void testEveryTruncationIsRefused() throws WireFormatException {
        byte[] bytes = codec.encode(TextEvents.full());

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(WireFormatException.class);
        }
        assertThat(codec.decode(bytes)).isEqualTo(TextEvents.full());
    }

    /** The id is the first field: 10 bytes of header, one of its length, two of its own. */
    @Test
    void testTheIdOfABrokenRecordIsKnownOnceItIsWhole() {
        byte[] whole = codec.encode(TextEvent.newBuilder().setRequestId("r1").build());

        for (int length = 10; length < whole.length; length++) {
            assertThat(idOfRefused(Arrays.copyOf(whole, length)).orElse("none"))
                    .isEqualTo(length < 13 ? "none" : "r1");
        }
        assertThat(idOfRefused(Arrays.copyOf(whole, whole.length + 1))).contains("r1");
        assertThat(idOfRefused(Arrays.copyOf(whole, WireCodec.MAX_BYTES + 1))).contains("r1");
        whole[11] = (byte) 0xff;
        assertThat(idOfRefused(whole)).isEmpty();
    }

    @Test
    void testNoIdIsGuessedInForeignBytes() {
        byte[] whole = codec.encode(TextEvent.newBuilder().setRequestId("r1").build());
        whole[2]++;

        assertThat(idOfRefused(whole)).isEmpty();
        assertThat(idOfRefused(new byte[0])).isEmpty();
    }

    private Optional<String> idOfRefused(byte[] record) {
        return assertThatThrownBy(() -> codec.decode(record))
                .asInstanceOf(InstanceOfAssertFactories.throwable(WireFormatException.class))
                .actual()
                .requestId();
    }

    @Test
    void testTrailingBytesAreRefused() {
        byte[] bytes = codec.encode(TextEvents.full());

        assertThatThrownBy(() -> codec.decode(Arrays.copyOf(bytes, bytes.length + 2)))
                .isInstanceOf(WireFormatException.class)
                .hasMessage("2 bytes follow the TextEvent in a record of 136 bytes");
    }

    @Test
    void testForeignBytesAreNamed() {
        byte[] json = "{\"requestId\":\"r1\",\"text\":\"Hello.\"}".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> codec.decode(json))
                .isInstanceOf(WireFormatException.class)
                .hasMessageContaining("starts with 7B 22")
                .hasMessageContaining("C3 01");
    }

    @Test
    void testUnknownFingerprintIsNamed() {
        byte[] bytes =
                WireCodec.deadLetters()
                        .encode(
                                DeadLetter.newBuilder()
                                        .setReason("")
                                        .setDetail("")
                                        .setTopic("t")
                                        .setPartition(0)
                                        .setOffset(0)
                                        .setTimestamp(0)
                                        .build());

        assertThatThrownBy(() -> codec.decode(bytes))
                .isInstanceOf(WireFormatException.class)
                .hasMessage(
                        "unknown schema fingerprint 2cc27ffeae21bd87; known for TextEvent:"
                                + " [462925898db848f6, e9f09e45108ddfb6]");
    }

    @Test
    void testRecordAboveTheLimitIsRefusedInBothDirections() {
        TextEvent large =
                TextEvent.newBuilder()
                        .setRequestId("r1")
                        .setText("x".repeat(WireCodec.MAX_BYTES))
                        .build();

        assertThatThrownBy(() -> codec.encode(large))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 1,048,576");
        assertThatThrownBy(() -> codec.decode(new byte[WireCodec.MAX_BYTES + 1]))
                .isInstanceOf(WireFormatException.class)
                .hasMessageContaining("1,048,577 bytes are too many");
    }

    @Test
    void testMalformedUtf8IsRefused() {
        byte[] bytes = codec.encode(event("r1", "abc"));
        int text = indexOf(bytes, "abc");
        // A lone surrogate in the form that UTF-8 forbids.
        bytes[text] = (byte) 0xed;
        bytes[text + 1] = (byte) 0xa0;
        bytes[text + 2] = (byte) 0x80;

        assertThatThrownBy(() -> codec.decode(bytes))
                .isInstanceOf(WireFormatException.class)
                .hasMessage("a string of the TextEvent is not well-formed UTF-8");
    }

    @Test
    void testFlippedBitsDecodeOrAreRefused() throws WireFormatException {
        byte[] bytes = codec.encode(TextEvents.full());

        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            decodeOrRefuse(flipped);
        }
        assertThat(codec.decode(bytes)).isEqualTo(TextEvents.full());
    }

    @Test
    void testRandomBodiesDecodeOrAreRefused() {
        byte[] header = Arrays.copyOf(codec.encode(TextEvents.full()), 10);
        Random random = new Random(7);
        int refused = 0;

        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Arrays.copyOf(header, 10 + random.nextInt(60));
            for (int b = 10; b < bytes.length; b++) {
                bytes[b] = (byte) (random.nextBoolean() ? random.nextInt(4) : random.nextInt());
            }
            refused += decodeOrRefuse(bytes) ? 0 : 1;
        }
        assertThat(refused).isPositive();
    }

    @Test
    void testClaimedLengthsAllocateNothing() {
        byte[] event = Arrays.copyOf(codec.encode(TextEvents.full()), 10);
        WireCodec<AudioTokens> chunks = WireCodec.audioTokens();
        byte[] chunk = Arrays.copyOf(chunks.encode(emptyChunk()), 10);

        for (long claimed :
                new long[] {1 << 20, 1 << 30, Integer.MAX_VALUE, 1L << 40, -5, Long.MIN_VALUE}) {
            byte[] string = concat(event, zigZag(claimed), new byte[6]);
            byte[] tokens = concat(chunk, new byte[4], zigZag(claimed), new byte[6]);
            assertThat(allocatedBy(() -> refused(codec, string))).isLessThan(1 << 18);
            assertThat(allocatedBy(() -> refused(chunks, tokens))).isLessThan(1 << 18);
        }
    }

    @Test
    void testSoundComesBackAsItWas() throws WireFormatException {
        WireCodec<AudioChunk> sound = WireCodec.audioChunks();
        AudioChunk chunk = sound("r", 16_000);
        byte[] bytes = sound.encode(chunk);

        assertThat(sound.decode(bytes)).isEqualTo(chunk);
        assertThat(sound.encode(sound.decode(bytes))).isEqualTo(bytes);
        assertThatThrownBy(() -> sound.encode(sound("r", WireCodec.MAX_BYTES)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("AudioChunk");
    }

    @Test
    void testAClaimedLengthOfSoundAllocatesNothing() {
        WireCodec<AudioChunk> sound = WireCodec.audioChunks();
        byte[] head = Arrays.copyOf(sound.encode(sound("", 0)), 21);

        for (long claimed : new long[] {1 << 20, Integer.MAX_VALUE, 1L << 40, -5}) {
            byte[] bytes = concat(head, zigZag(claimed), new byte[6]);
            assertThat(allocatedBy(() -> refused(sound, bytes))).isLessThan(1 << 18);
        }
    }

    private static AudioChunk sound(String id, int bytes) {
        byte[] pcm = new byte[bytes];
        new Random(5).nextBytes(pcm);
        return AudioChunk.newBuilder()
                .setRequestId(id)
                .setSequence(3)
                .setSegment(1)
                .setSampleOffset(1L << 33)
                .setSampleRate(16_000)
                .setPcm(ByteBuffer.wrap(pcm))
                .build();
    }

    @Test
    void testManyThreadsShareACodec() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> results = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                String id = "r" + thread;
                results.add(
                        threads.submit(
                                () -> {
                                    for (int i = 0; i < 2_000; i++) {
                                        TextEvent event = event(id, "text " + i);
                                        assertThat(codec.decode(codec.encode(event)))
                                                .isEqualTo(event);
                                    }
                                    return null;
                                }));
            }
            for (Future<?> result : results) {
                result.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Whether the bytes were a record. Anything thrown but the refusal fails the test. */
    private boolean decodeOrRefuse(byte[] bytes) {
        try {
            codec.decode(bytes);
            return true;
        } catch (WireFormatException e) {
            assertThat(e).hasMessageMatching("(?s).{10,}");
            return false;
        }
    }

    private static void refused(WireCodec<?> codec, byte[] bytes) {
        try {
            codec.decode(bytes);
        } catch (WireFormatException e) {
            return;
        }
        throw new AssertionError("decoded");
    }

    private static long allocatedBy(Runnable code) {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean)
                        java.lang.management.ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        code.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** A long as Avro writes it. */
    private static byte[] zigZag(long value) {
        long rest = value << 1 ^ value >> 63;
        byte[] bytes = new byte[10];
        int length = 0;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
            bytes[length++] = (byte) (rest & 0x7f | 0x80);
        }
        bytes[length++] = (byte) rest;
        return Arrays.copyOf(bytes, length);
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(100);
        for (byte[] part : parts) {
            all.put(part);
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    private static int indexOf(byte[] bytes, String ascii) {
        int index = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(ascii);
        assertThat(index).isPositive();
        return index;
    }

    private static AudioTokens emptyChunk() {
        return AudioTokens.newBuilder()
                .setRequestId("")
                .setSequence(0)
                .setSegment(0)
                .setTokenOffset(0)
                .build();
    }

    private static TextEvent event(String id, String text) {
        return TextEvent.newBuilder().setRequestId(id).setText(text).build();
    }
}
