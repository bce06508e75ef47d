package io.rwkvtts.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.operator.AudioChunk;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.HeaderNames;
import io.rwkvtts.schema.WireCodec;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Bytes of an {@link AudioChunk}: its value, which is the same on a replay. */
final class AudioTokensSerializer implements SerializationSchema<AudioChunk> {

    private static final long serialVersionUID = 1L;

    private transient WireCodec<AudioTokens> codec;

    /** Complete records for a topic: value, the request id as key, timings as headers. */
    static KafkaRecordSerializationSchema<AudioChunk> records(String topic) {
        return KafkaRecordSerializationSchema.<AudioChunk>builder()
                .setTopic(topic)
                .setKeySerializationSchema((AudioChunk chunk) -> chunk.requestId().getBytes(UTF_8))
                .setValueSerializationSchema(new AudioTokensSerializer())
                .setHeaderProvider(AudioTokensSerializer::headers)
                .build();
    }

    @Override
    public void open(InitializationContext context) {
        codec = WireCodec.audioTokens();
    }

    @Override
    public byte[] serialize(AudioChunk chunk) {
        return codec.encode(
                AudioTokens.newBuilder()
                        .setRequestId(chunk.requestId())
                        .setSequence(chunk.sequence())
                        .setSegment(chunk.segment())
                        .setTokenOffset(chunk.tokenOffset())
                        .setTokens(list(chunk.tokens()))
                        .setGlobalTokens(list(chunk.globalTokens()))
                        .setModelId(chunk.modelId())
                        .setFinishReason(chunk.finishReason())
                        .setError(OutputText.bounded(chunk.error()))
                        .build());
    }

    private static List<Integer> list(int[] tokens) {
        return tokens == null ? null : Arrays.stream(tokens).boxed().toList();
    }

    private static Headers headers(AudioChunk chunk) {
        Headers headers = new RecordHeaders();
        headers.add(header(HeaderNames.REQUEST_TIMESTAMP_MS, chunk.requestTimestampMs()));
        headers.add(header(HeaderNames.EMITTED_AT_MS, chunk.emittedAtMs()));
        return headers;
    }

    private static RecordHeader header(String name, long value) {
        return new RecordHeader(name, Long.toString(value).getBytes(UTF_8));
    }
}
