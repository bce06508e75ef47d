package io.rwkvtts.chaos;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.audio.CodecFormat;
import io.rwkvtts.audio.OnnxAudioDecoder;
import io.rwkvtts.audio.Pcm16;
import io.rwkvtts.audio.RequestAudio;
import io.rwkvtts.audio.WindowPlan;
import io.rwkvtts.client.ConsumerRule;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.schema.AudioChunk;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.WireCodec;
import io.rwkvtts.schema.WireFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads all of the sound that a job has written, by the consumer's rule, and compares it sample by
 * sample with the decoding of the undisturbed tokens.
 */
final class SoundCheck {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration QUIET_LIMIT = Duration.ofSeconds(20);

    private final WireCodec<AudioChunk> codec = WireCodec.audioChunks();
    private final ConsumerRule<AudioChunk> rule =
            new ConsumerRule<>(ConsumerRule.Join.BEFORE_REQUESTS);
    private final Map<String, List<AudioChunk>> heard = new HashMap<>();
    private int ended;

    private SoundCheck() {}

    /**
     * Compares.
     *
     * @param decoder the job's
     * @param undisturbed tokens by request
     */
    static SoundComparison of(
            KafkaSettings kafka,
            IsolationLevel isolation,
            Path decoder,
            List<PlannedRequest> requests,
            Map<String, Speech> undisturbed)
            throws IOException, WireFormatException {
        SoundCheck check = new SoundCheck();
        check.read(kafka, isolation, requests.size());
        SoundComparison comparison = new SoundComparison();
        try (AudioDecoder open = OnnxAudioDecoder.open(decoder, 1)) {
            for (PlannedRequest request : requests) {
                List<AudioChunk> chunks = check.heard.getOrDefault(request.id(), List.of());
                Speech speech = undisturbed.get(request.id());
                check.compare(request, speech, chunks, open, comparison);
            }
        }
        return comparison;
    }

    private void read(KafkaSettings kafka, IsolationLevel isolation, int requests)
            throws WireFormatException {
        Properties properties = kafka.properties();
        properties.setProperty(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.name().toLowerCase(Locale.ROOT));
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(kafka.topics().audio()).stream()
                            .map(info -> new TopicPartition(info.topic(), info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long latest = System.nanoTime();
            while (ended < requests && System.nanoTime() - latest < QUIET_LIMIT.toNanos()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    latest = System.nanoTime();
                    receive(record.value());
                }
            }
        }
    }

    private void receive(byte[] bytes) throws WireFormatException {
        AudioChunk chunk = codec.decode(bytes);
        rule.receive(
                chunk.getRequestId(),
                chunk.getSequence(),
                chunk.getFinishReason() != null,
                chunk,
                bytes.length,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                taken -> {
                    heard.computeIfAbsent(chunk.getRequestId(), id -> new ArrayList<>())
                            .add(taken.record());
                    ended += taken.record().getFinishReason() == null ? 0 : 1;
                });
    }

    private void compare(
            PlannedRequest request,
            Speech undisturbed,
            List<AudioChunk> chunks,
            AudioDecoder decoder,
            SoundComparison comparison) {
        AudioChunk end = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
        if (end == null || end.getFinishReason() == null) {
            comparison.addLost();
            return;
        }
        byte[] pcm = join(chunks);
        byte[] expected = decode(undisturbed, decoder);
        boolean same;
        if (end.getFinishReason().equals(undisturbed.finishReason())) {
            same = Arrays.equals(pcm, expected);
        } else {
            same =
                    Comparison.mayEnd(request, end.getFinishReason())
                            && begins(pcm, expected, decoder.format());
        }
        comparison.add(pcm.length / Pcm16.BYTES, same);
    }

    /** All but what was computed next to an end that the undisturbed run has elsewhere. */
    private static boolean begins(byte[] pcm, byte[] expected, CodecFormat format) {
        int uncertain = format.rightContext() * format.samplesPerToken() * Pcm16.BYTES;
        int certain = Math.max(0, pcm.length - uncertain);
        return certain <= expected.length && Arrays.equals(pcm, 0, certain, expected, 0, certain);
    }

    private static byte[] join(List<AudioChunk> chunks) {
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        chunks.forEach(chunk -> pcm.writeBytes(chunk.getPcm().array()));
        return pcm.toByteArray();
    }

    private static byte[] decode(Speech speech, AudioDecoder decoder) {
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        RequestAudio audio = new RequestAudio(decoder, WindowPlan.streaming(decoder.format()));
        for (AudioTokens record : speech.records()) {
            audio.accept(
                    ids(record.getGlobalTokens()),
                    ids(record.getTokens()),
                    samples -> pcm.writeBytes(Pcm16.of(samples, 1)));
        }
        audio.end(samples -> pcm.writeBytes(Pcm16.of(samples, 1)));
        return pcm.toByteArray();
    }

    private static int[] ids(List<Integer> ids) {
        return ids == null ? null : ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
