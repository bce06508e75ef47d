package io.rwkvtts.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.operator.SpeechEnd;
import io.rwkvtts.operator.Trial;
import io.rwkvtts.operator.audio.PcmChunk;
import io.rwkvtts.operator.audio.SoundPosition;
import io.rwkvtts.schema.AudioChunk;
import io.rwkvtts.schema.WireCodec;
import java.nio.ByteBuffer;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** Bytes of a {@link PcmChunk}: its value, which is the same on a replay. */
final class AudioChunkSerializer implements SerializationSchema<PcmChunk> {

    private static final long serialVersionUID = 1L;

    /** Of the samples' length, as Avro's variable-length integer, beyond the one of 0. */
    private static final int LENGTH_BYTES = 4;

    private transient WireCodec<AudioChunk> codec;

    /** Complete records for a topic: value, the request id as key, timings and arm as headers. */
    static KafkaRecordSerializationSchema<PcmChunk> records(String topic) {
        return KafkaRecordSerializationSchema.<PcmChunk>builder()
                .setTopic(topic)
                .setKeySerializationSchema((PcmChunk chunk) -> chunk.requestId().getBytes(UTF_8))
                .setValueSerializationSchema(new AudioChunkSerializer())
                .setHeaderProvider(AudioChunkSerializer::headers)
                .build();
    }

    /**
     * Most bytes of a record by {@link RecordSize}: a full chunk, or an end with the longest error,
     * of a request with the longest id.
     *
     * @param pcmBytes most bytes of samples in a chunk
     */
    static long largestRecordBytes(int pcmBytes) {
        return Math.max(
                bytes(largest(null)) + (long) pcmBytes + LENGTH_BYTES,
                bytes(largest(new SpeechEnd("overloaded", OutputText.LONGEST))));
    }

    private static PcmChunk largest(SpeechEnd end) {
        return new PcmChunk(
                OutputText.LONGEST_ID,
                new SoundPosition(Long.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE),
                Integer.MAX_VALUE,
                new byte[0],
                end,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                "x".repeat(Trial.LONGEST_ARM));
    }

    private static int bytes(PcmChunk chunk) {
        AudioChunkSerializer serializer = new AudioChunkSerializer();
        serializer.open(null);
        return RecordSize.of(
                new ProducerRecord<>(
                        "audio",
                        null,
                        chunk.requestId().getBytes(UTF_8),
                        serializer.serialize(chunk),
                        headers(chunk)));
    }

    @Override
    public void open(InitializationContext context) {
        codec = WireCodec.audioChunks();
    }

    @Override
    public byte[] serialize(PcmChunk chunk) {
        SoundPosition position = chunk.position();
        SpeechEnd end = chunk.end();
        return codec.encode(
                AudioChunk.newBuilder()
                        .setRequestId(chunk.requestId())
                        .setSequence(position.sequence())
                        .setSegment(position.segment())
                        .setSampleOffset(position.sampleOffset())
                        .setSampleRate(chunk.sampleRate())
                        .setPcm(ByteBuffer.wrap(chunk.pcm()))
                        .setFinishReason(end == null ? null : end.reason())
                        .setError(end == null ? null : OutputText.bounded(end.error()))
                        .build());
    }

    private static Headers headers(PcmChunk chunk) {
        return OutputHeaders.of(chunk.requestTimestampMs(), chunk.emittedAtMs(), chunk.arm());
    }
}
