package io.rwkvtts.operator.audio;

import io.rwkvtts.audio.CodecFormat;
import io.rwkvtts.audio.OnnxAudioDecoder;
import io.rwkvtts.audio.Pcm16;
import io.rwkvtts.audio.WindowPlan;
import io.rwkvtts.operator.OptionChecks;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How the job decodes tokens to sound.
 *
 * @param decoder path of the decoder's file on every TaskManager
 * @param parallelism subtasks of the stage
 * @param threads windows that a subtask decodes at once
 * @param gain that samples are multiplied by
 * @param largestChunkBytes samples of the largest record
 */
public record AudioSettings(
        String decoder, int parallelism, int threads, float gain, int largestChunkBytes)
        implements Serializable {

    /** The decoder; without it the job emits no sound. */
    public static final ConfigOption<String> DECODER =
            ConfigOptions.key("tts.audio.decoder")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Decoder in ONNX, such as BiCodecDetokenize.onnx, that makes sound of"
                                    + " the tokens, which is written to tts.kafka.audio-topic. By"
                                    + " default the job writes tokens only. The path must lead to"
                                    + " the same file on every TaskManager.");

    /** Subtasks. */
    public static final ConfigOption<Integer> PARALLELISM =
            ConfigOptions.key("tts.audio.parallelism")
                    .intType()
                    .defaultValue(1)
                    .withDescription(
                            "Subtasks that decode to sound. Each has the decoder in memory.");

    /** Windows at once. */
    public static final ConfigOption<Integer> THREADS =
            ConfigOptions.key("tts.audio.threads")
                    .intType()
                    .defaultValue(1)
                    .withDescription(
                            "Threads of such a subtask, one for each piece of sound that is decoded"
                                    + " at once.");

    /** Loudness. */
    public static final ConfigOption<Float> GAIN =
            ConfigOptions.key("tts.audio.gain")
                    .floatType()
                    .defaultValue(1f)
                    .withDescription(
                            "Samples are multiplied by this, then clipped to 16 bits. A change"
                                    + " changes the bytes of running requests, too.");

    private static final int MOST_BYTES = 1_000_000;

    /**
     * Reads the options.
     *
     * @return empty if no decoder is set
     * @throws IllegalArgumentException for a value that cannot work; names the option
     * @throws IOException if the decoder's file, or its description, is missing or of a wrong kind
     */
    public static Optional<AudioSettings> from(ReadableConfig config) throws IOException {
        String decoder = config.getOptional(DECODER).orElse(null);
        if (decoder == null) {
            return Optional.empty();
        }
        float gain = config.get(GAIN);
        if (!(gain > 0) || Float.isInfinite(gain)) {
            throw new IllegalArgumentException(
                    "%s is %s, expected above 0".formatted(GAIN.key(), gain));
        }
        return Optional.of(
                new AudioSettings(
                        decoder,
                        OptionChecks.atLeast(1, config, PARALLELISM),
                        OptionChecks.atLeast(1, config, THREADS),
                        gain,
                        largestChunkBytes(decoder)));
    }

    private static int largestChunkBytes(String decoder) throws IOException {
        CodecFormat format = OnnxAudioDecoder.formatOf(Path.of(decoder));
        long bytes =
                (long) WindowPlan.streaming(format).mostEmitted()
                        * format.samplesPerToken()
                        * Pcm16.BYTES;
        if (bytes > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "%s is %s, whose records would have up to %d bytes of sound, by the numbers in %s beside it; expected at most %d"
                            .formatted(
                                    DECODER.key(), decoder, bytes, CodecFormat.FILE, MOST_BYTES));
        }
        return (int) bytes;
    }
}
