package io.rwkvtts.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.operator.ChunkPosition;
import io.rwkvtts.operator.SpeechEnd;
import io.rwkvtts.operator.TokenChunk;
import io.rwkvtts.operator.Trial;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.WireCodec;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** Bytes of an {@link TokenChunk}: its value, which is the same on a replay. */
final class AudioTokensSerializer implements SerializationSchema<TokenChunk> {

    private static final long serialVersionUID = 1L;

    /** Of a semantic token as Avro's variable-length integer. */
    private static final int TOKEN_BYTES = 2;

    /** Of a SHA-256 in hexadecimal digits. */
    private static final int MODEL_ID_CHARS = 64;

    private transient WireCodec<AudioTokens> codec;

    /** Complete records for a topic: value, the request id as key, timings and arm as headers. */
    static KafkaRecordSerializationSchema<TokenChunk> records(String topic) {
        return KafkaRecordSerializationSchema.<TokenChunk>builder()
                .setTopic(topic)
                .setKeySerializationSchema((TokenChunk chunk) -> chunk.requestId().getBytes(UTF_8))
                .setValueSerializationSchema(new AudioTokensSerializer())
                .setHeaderProvider(AudioTokensSerializer::headers)
                .build();
    }

    /**
     * Most bytes of a record by {@link RecordSize}: a full chunk with global tokens, or an end with
     * the longest error, of a request with the longest id.
     *
     * @param chunkTokens most tokens of a chunk
     */
    static long largestRecordBytes(int chunkTokens) {
        int[] globals = new int[IdSpace.GLOBAL_TOKENS];
        Arrays.fill(globals, IdSpace.GLOBAL_ALPHABET - 1);
        SpeechEnd chunk = new SpeechEnd("overloaded", null);
        SpeechEnd end = new SpeechEnd("overloaded", OutputText.LONGEST);
        return Math.max(
                bytes(largest(globals, chunk)) + (long) TOKEN_BYTES * chunkTokens,
                bytes(largest(null, end)));
    }

    private static TokenChunk largest(int[] globals, SpeechEnd end) {
        return new TokenChunk(
                OutputText.LONGEST_ID,
                new ChunkPosition(Long.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE),
                new int[0],
                globals,
                "f".repeat(MODEL_ID_CHARS),
                end,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                "x".repeat(Trial.LONGEST_ARM));
    }

    private static int bytes(TokenChunk chunk) {
        AudioTokensSerializer serializer = new AudioTokensSerializer();
        serializer.open(null);
        return RecordSize.of(
                new ProducerRecord<>(
                        "tokens",
                        null,
                        chunk.requestId().getBytes(UTF_8),
                        serializer.serialize(chunk),
                        headers(chunk)));
    }

    @Override
    public void open(InitializationContext context) {
        codec = WireCodec.audioTokens();
    }

    @Override
    public byte[] serialize(TokenChunk chunk) {
        ChunkPosition position = chunk.position();
        SpeechEnd end = chunk.end();
        return codec.encode(
                AudioTokens.newBuilder()
                        .setRequestId(chunk.requestId())
                        .setSequence(position.sequence())
                        .setSegment(position.segment())
                        .setTokenOffset(position.tokenOffset())
                        .setTokens(list(chunk.tokens()))
                        .setGlobalTokens(list(chunk.globalTokens()))
                        .setModelId(chunk.modelId())
                        .setFinishReason(chunk.finishReason())
                        .setError(end == null ? null : OutputText.bounded(end.error()))
                        .build());
    }

    private static List<Integer> list(int[] tokens) {
        return tokens == null ? null : Arrays.stream(tokens).boxed().toList();
    }

    private static Headers headers(TokenChunk chunk) {
        return OutputHeaders.of(chunk.requestTimestampMs(), chunk.emittedAtMs(), chunk.arm());
    }
}
