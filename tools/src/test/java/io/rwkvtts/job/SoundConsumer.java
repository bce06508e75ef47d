package io.rwkvtts.job;

import io.rwkvtts.client.ConsumerRule;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.schema.AudioChunk;
import io.rwkvtts.schema.WireCodec;
import io.rwkvtts.schema.WireFormatException;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Reads the whole topic of sound by the consumer's rule. */
final class SoundConsumer implements AutoCloseable {

    /** What was heard of a request. */
    record Sound(byte[] pcm, List<String> records, String finishReason, String error) {}

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final WireCodec<AudioChunk> codec = WireCodec.audioChunks();
    private final ConsumerRule<AudioChunk> rule =
            new ConsumerRule<>(ConsumerRule.Join.BEFORE_REQUESTS);
    private final Map<String, List<AudioChunk>> taken = new LinkedHashMap<>();

    SoundConsumer(KafkaSettings topics) {
        consumer = TopicConsumer.open(topics, topics.topics().audio(), "read_committed");
    }

    /** Reads until that many requests have begun. */
    void awaitBegun(int requests) throws WireFormatException {
        while (taken.size() < requests) {
            poll();
        }
    }

    /** Reads until that many requests have ended. */
    Map<String, Sound> awaitEnds(int requests) throws WireFormatException {
        while (taken.values().stream().filter(SoundConsumer::ended).count() < requests) {
            poll();
        }
        Map<String, Sound> sound = new LinkedHashMap<>();
        taken.forEach((id, chunks) -> sound.put(id, sound(chunks)));
        return sound;
    }

    private void poll() throws WireFormatException {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            AudioChunk chunk = codec.decode(record.value());
            rule.receive(
                    chunk.getRequestId(),
                    chunk.getSequence(),
                    chunk.getFinishReason() != null,
                    chunk,
                    record.value().length,
                    System.nanoTime() / 1_000_000,
                    this::take);
        }
    }

    private void take(ConsumerRule.Taken<AudioChunk> record) {
        if (record.missing() > 0) {
            throw new AssertionError(record.missing() + " records are missing");
        }
        AudioChunk chunk = record.record();
        taken.computeIfAbsent(chunk.getRequestId(), id -> new ArrayList<>()).add(chunk);
    }

    private static boolean ended(List<AudioChunk> chunks) {
        return chunks.get(chunks.size() - 1).getFinishReason() != null;
    }

    private static Sound sound(List<AudioChunk> chunks) {
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        List<String> records = new ArrayList<>();
        for (AudioChunk chunk : chunks) {
            if (chunk.getSampleOffset() != pcm.size() / 2) {
                throw new AssertionError("a gap or a repetition before " + chunk.getSequence());
            }
            pcm.writeBytes(chunk.getPcm().array());
            records.add(
                    "%d of segment %d, %d bytes"
                            .formatted(
                                    chunk.getSequence(),
                                    chunk.getSegment(),
                                    chunk.getPcm().remaining()));
        }
        AudioChunk end = chunks.get(chunks.size() - 1);
        return new Sound(pcm.toByteArray(), records, end.getFinishReason(), end.getError());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
