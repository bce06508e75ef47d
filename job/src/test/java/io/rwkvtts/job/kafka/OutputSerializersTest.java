package io.rwkvtts.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.operator.ChunkPosition;
import io.rwkvtts.operator.Origin;
import io.rwkvtts.operator.RejectedRecord;
import io.rwkvtts.operator.SpeechEnd;
import io.rwkvtts.operator.TokenChunk;
import io.rwkvtts.operator.Trial;
import io.rwkvtts.operator.audio.PcmChunk;
import io.rwkvtts.operator.audio.SoundPosition;
import io.rwkvtts.schema.AudioChunk;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.DeadLetter;
import io.rwkvtts.schema.WireCodec;
import java.util.Arrays;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputSerializersTest {

    private static final Origin ORIGIN = new Origin("requests", 2, 17);

    @Test
    void testChunkBecomesARecordKeyedByItsRequest() throws Exception {
        ProducerRecord<byte[], byte[]> record = serialize(chunk(100, 200));
        AudioTokens tokens = WireCodec.audioTokens().decode(record.value());

        assertThat(record.topic()).isEqualTo("tokens");
        assertThat(record.key()).isEqualTo("r1".getBytes(UTF_8));
        assertThat(header(record, "tts-request-timestamp-ms")).isEqualTo("100");
        assertThat(header(record, "tts-emitted-at-ms")).isEqualTo("200");
        assertThat(tokens.getRequestId()).isEqualTo("r1");
        assertThat(tokens.getSequence()).isEqualTo(4);
        assertThat(tokens.getSegment()).isEqualTo(2);
        assertThat(tokens.getTokenOffset()).isEqualTo(60);
        assertThat(tokens.getTokens()).containsExactly(0, 8191);
        assertThat(tokens.getGlobalTokens()).containsExactly(4095);
        assertThat(tokens.getModelId()).isEqualTo("model");
        assertThat(tokens.getFinishReason()).isNull();
    }

    @Test
    void testEndOfARequestHasNoTokens() throws Exception {
        AudioTokens tokens =
                WireCodec.audioTokens().decode(serialize(end("text is blank")).value());

        assertThat(tokens.getTokens()).isEmpty();
        assertThat(tokens.getGlobalTokens()).isNull();
        assertThat(tokens.getFinishReason()).isEqualTo("error");
        assertThat(tokens.getError()).isEqualTo("text is blank");
    }

    @Test
    void testLongErrorIsCutBetweenCharacters() throws Exception {
        String error = "x" + "😊".repeat(600_000);

        AudioTokens tokens = WireCodec.audioTokens().decode(serialize(end(error)).value());

        assertThat(tokens.getError()).hasSize(4095).isEqualTo(error.substring(0, 4095));
    }

    @Test
    void testHalfASurrogatePairIsReplaced() throws Exception {
        String error = "\uD83D, \uDE0A and 😊 \uD83D";

        AudioTokens tokens = WireCodec.audioTokens().decode(serialize(end(error)).value());

        assertThat(tokens.getError()).isEqualTo("\uFFFD, \uFFFD and 😊 \uFFFD");
    }

    @Test
    void testSideOfAnExperimentIsAHeader() throws Exception {
        TokenChunk chunk = chunk(1, 2);
        TokenChunk treated =
                new TokenChunk(
                        chunk.requestId(),
                        chunk.position(),
                        chunk.tokens(),
                        chunk.globalTokens(),
                        chunk.modelId(),
                        null,
                        1,
                        2,
                        "short:b");
        assertThat(header(serialize(treated), "tts-arm")).isEqualTo("short:b");
        assertThat(serialize(treated).value()).isEqualTo(serialize(chunk).value());
        assertThat(serialize(chunk).headers().lastHeader("tts-arm")).isNull();
    }

    @Test
    void testReplayedChunkHasTheSameBytesAtAnotherTime() throws Exception {
        assertThat(serialize(chunk(100, 999)).value()).isEqualTo(serialize(chunk(1, 2)).value());
    }

    @Test
    void testSoundBecomesARecordKeyedByItsRequest() throws Exception {
        ProducerRecord<byte[], byte[]> record = serialize(sound(null, null));
        AudioChunk chunk = WireCodec.audioChunks().decode(record.value());

        assertThat(record.topic()).isEqualTo("audio");
        assertThat(record.key()).isEqualTo("r1".getBytes(UTF_8));
        assertThat(header(record, "tts-request-timestamp-ms")).isEqualTo("100");
        assertThat(header(record, "tts-emitted-at-ms")).isEqualTo("200");
        assertThat(chunk.getRequestId()).isEqualTo("r1");
        assertThat(chunk.getSequence()).isEqualTo(4);
        assertThat(chunk.getSegment()).isEqualTo(2);
        assertThat(chunk.getSampleOffset()).isEqualTo(9_600);
        assertThat(chunk.getSampleRate()).isEqualTo(16_000);
        assertThat(chunk.getPcm().array()).containsExactly(1, 2, 3, 4);
        assertThat(chunk.getFinishReason()).isNull();

        AudioChunk end =
                WireCodec.audioChunks()
                        .decode(
                                serialize(sound(new SpeechEnd("error", "a".repeat(9_000)), null))
                                        .value());
        assertThat(end.getFinishReason()).isEqualTo("error");
        assertThat(end.getError()).hasSize(4_096);
    }

    @Test
    void testSideOfAnExperimentIsAHeaderOfSound() throws Exception {
        ProducerRecord<byte[], byte[]> sided = serialize(sound(null, "short:b"));
        ProducerRecord<byte[], byte[]> usual = serialize(sound(null, null));

        assertThat(header(sided, "tts-arm")).isEqualTo("short:b");
        assertThat(sided.value()).isEqualTo(usual.value());
        assertThat(usual.headers())
                .extracting(Header::key)
                .containsExactly("tts-request-timestamp-ms", "tts-emitted-at-ms");
    }

    @Test
    void testLargestRecordOfSoundIsCounted() throws Exception {
        PcmChunk largest =
                new PcmChunk(
                        "\uffff".repeat(256),
                        new SoundPosition(Long.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE),
                        Integer.MAX_VALUE,
                        new byte[20_000],
                        null,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        new Trial("x".repeat(64), 0.5).arm(true));
        assertThat((long) RecordSize.of(serialize(largest)))
                .isLessThanOrEqualTo(AudioChunkSerializer.largestRecordBytes(20_000))
                .isGreaterThan(AudioChunkSerializer.largestRecordBytes(20_000) - 10);
    }

    private static PcmChunk sound(SpeechEnd end, String arm) {
        return new PcmChunk(
                "r1",
                new SoundPosition(4, 2, 9_600),
                16_000,
                new byte[] {1, 2, 3, 4},
                end,
                100,
                200,
                arm);
    }

    private static ProducerRecord<byte[], byte[]> serialize(PcmChunk chunk) throws Exception {
        return serialize(AudioChunkSerializer.records("audio"), chunk);
    }

    @Test
    void testDeadLetterTellsReasonOriginAndBytes() throws Exception {
        RejectedRecord rejected =
                new RejectedRecord(
                        "undecodable",
                        "why",
                        null,
                        1234,
                        ORIGIN,
                        new byte[] {1},
                        new byte[] {2, 3});

        ProducerRecord<byte[], byte[]> record = serialize(rejected);
        DeadLetter letter = WireCodec.deadLetters().decode(record.value());

        assertThat(record.topic()).isEqualTo("dead-letters");
        assertThat(record.key()).containsExactly(1);
        assertThat(header(record, "error")).isEqualTo("undecodable");
        assertThat(header(record, "origin")).isEqualTo("requests-2@17");
        assertThat(letter.getReason()).isEqualTo("undecodable");
        assertThat(letter.getDetail()).isEqualTo("why");
        assertThat(letter.getTopic()).isEqualTo("requests");
        assertThat(letter.getPartition()).isEqualTo(2);
        assertThat(letter.getOffset()).isEqualTo(17);
        assertThat(letter.getTimestamp()).isEqualTo(1234);
        assertThat(letter.getKey().array()).containsExactly(1);
        assertThat(letter.getPayload().array()).containsExactly(2, 3);
        assertThat(letter.getPayloadLength()).isEqualTo(2);
    }

    @Test
    void testLargestRecordStillFitsIntoADeadLetter() throws Exception {
        byte[] large = new byte[3 << 20];
        Arrays.fill(large, (byte) 7);
        String text = "界".repeat(1 << 20);

        ProducerRecord<byte[], byte[]> record =
                serialize(new RejectedRecord("invalid", text, text, 0, ORIGIN, large, large));
        DeadLetter letter = WireCodec.deadLetters().decode(record.value());

        assertThat(record.key().length + record.value().length).isLessThan(1_000_000);
        assertThat(letter.getPayload().remaining()).isEqualTo(512 << 10);
        assertThat(letter.getPayloadLength()).isEqualTo(3 << 20);
        assertThat(letter.getDetail()).hasSize(4096);
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 5000, 100_000, 262_144, 900_000})
    void testDeadLetterIsCutToALimit(int maxBytes) throws Exception {
        byte[] large = new byte[700_000];
        String text = "界".repeat(1 << 20);
        RejectedRecord rejected =
                new RejectedRecord("invalid", text, text, 0, ORIGIN, large, large);
        DeadLetterSerializer serializer = new DeadLetterSerializer("d".repeat(249));
        serializer.open(null, null);

        ProducerRecord<byte[], byte[]> record = serializer.record(rejected, maxBytes);

        DeadLetter letter = WireCodec.deadLetters().decode(record.value());
        int unused = maxBytes - RecordSize.of(record);
        assertThat(unused).isNotNegative();
        if (unused > 16) {
            assertThat(letter.getPayload().remaining()).isEqualTo(512 << 10);
        }
        assertThat(letter.getPayloadLength()).isEqualTo(700_000);
        assertThat(letter.getReason()).isEqualTo("invalid");
        assertThat(header(record, "origin")).isEqualTo("requests-2@17");
    }

    @Test
    void testNoRecordOfTokensIsLargerThanTheLargest() throws Exception {
        int[] tokens = new int[25];
        Arrays.fill(tokens, 8191);
        int[] globals = new int[32];
        Arrays.fill(globals, 4095);
        long max = Long.MAX_VALUE;
        ChunkPosition furthest = new ChunkPosition(max, 1 << 30, max);
        String id = "界".repeat(256);
        String model = "f".repeat(64);
        String arm = new Trial("x".repeat(64), 0.5).arm(true);
        TokenChunk chunk =
                new TokenChunk(id, furthest, tokens, globals, model, null, max, max, arm);
        TokenChunk end =
                new TokenChunk(
                        id,
                        furthest,
                        new int[0],
                        null,
                        model,
                        new SpeechEnd("error", "界".repeat(9999)),
                        0,
                        0,
                        arm);

        long largest = AudioTokensSerializer.largestRecordBytes(25);

        assertThat(RecordSize.of(serialize(end))).isBetween((int) largest - 100, (int) largest);
        assertThat(AudioTokensSerializer.largestRecordBytes(10_025) - 20_000)
                .isBetween((long) RecordSize.of(serialize(chunk)), largest);
    }

    @Test
    void testDeadLetterIsCutBetweenCharacters() throws Exception {
        String text = "x" + "😊".repeat(4096);

        DeadLetter letter =
                WireCodec.deadLetters()
                        .decode(
                                serialize(
                                                new RejectedRecord(
                                                        "invalid", text, text, 0, ORIGIN, null,
                                                        null))
                                        .value());

        assertThat(letter.getDetail()).isEqualTo(text.substring(0, 4095));
        assertThat(letter.getRequestId()).isEqualTo(text.substring(0, 4095));
    }

    @Test
    void testTombstoneWithoutKeyFitsIntoADeadLetter() throws Exception {
        ProducerRecord<byte[], byte[]> record =
                serialize(new RejectedRecord("undecodable", "why", null, 0, ORIGIN, null, null));
        DeadLetter letter = WireCodec.deadLetters().decode(record.value());

        assertThat(record.key()).isNull();
        assertThat(letter.getKey()).isNull();
        assertThat(letter.getPayload()).isNull();
        assertThat(letter.getPayloadLength()).isZero();
    }

    @Test
    void testDeadLetterOfAKnownRequestIsKeyedByIt() throws Exception {
        ProducerRecord<byte[], byte[]> record =
                serialize(new RejectedRecord("invalid", "why", "r1", 0, ORIGIN, null, null));

        assertThat(record.key()).isEqualTo("r1".getBytes(UTF_8));
    }

    private static TokenChunk chunk(long requestTimestampMs, long emittedAtMs) {
        return new TokenChunk(
                "r1",
                new ChunkPosition(4, 2, 60),
                new int[] {0, 8191},
                new int[] {4095},
                "model",
                null,
                requestTimestampMs,
                emittedAtMs,
                null);
    }

    private static TokenChunk end(String error) {
        return new TokenChunk(
                "r1",
                new ChunkPosition(5, 2, 62),
                new int[0],
                null,
                "model",
                new SpeechEnd("error", error),
                100,
                200,
                null);
    }

    private static ProducerRecord<byte[], byte[]> serialize(TokenChunk chunk) throws Exception {
        return serialize(AudioTokensSerializer.records("tokens"), chunk);
    }

    private static ProducerRecord<byte[], byte[]> serialize(RejectedRecord rejected)
            throws Exception {
        return serialize(new DeadLetterSerializer("dead-letters"), rejected);
    }

    private static <T> ProducerRecord<byte[], byte[]> serialize(
            KafkaRecordSerializationSchema<T> schema, T record) throws Exception {
        schema.open(null, null);
        return schema.serialize(record, null, null);
    }

    private static String header(ProducerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
