package io.rwkvtts.operator.audio;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.audio.OnnxAudioDecoder;
import io.rwkvtts.operator.TokenChunk;
import java.nio.file.Path;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/**
 * Makes the operator that decodes: {@link TokenChunk}s keyed by request id to {@link PcmChunk}s.
 */
public final class DecodeAudioOperatorFactory extends AbstractStreamOperatorFactory<PcmChunk>
        implements OneInputStreamOperatorFactory<TokenChunk, PcmChunk> {

    private static final long serialVersionUID = 1L;

    private final AudioDecoderFactory decoders;
    private final AudioSettings settings;

    public DecodeAudioOperatorFactory(AudioSettings settings) {
        this(
                () -> OnnxAudioDecoder.open(Path.of(settings.decoder()), settings.threads()),
                settings);
    }

    DecodeAudioOperatorFactory(AudioDecoderFactory decoders, AudioSettings settings) {
        this.decoders = requireNonNull(decoders, "decoders");
        this.settings = requireNonNull(settings, "settings");
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T extends StreamOperator<PcmChunk>> T createStreamOperator(
            StreamOperatorParameters<PcmChunk> parameters) {
        return (T) new DecodeAudioOperator(parameters, decoders, settings);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return DecodeAudioOperator.class;
    }
}
