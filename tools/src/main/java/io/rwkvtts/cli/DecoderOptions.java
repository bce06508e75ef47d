package io.rwkvtts.cli;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.audio.OnnxAudioDecoder;
import io.rwkvtts.audio.Pcm16;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How a command makes sound of tokens. */
final class DecoderOptions {

    @Option(
            names = "--decoder",
            paramLabel = "FILE.onnx",
            description =
                    "decoder of the model's tokens, such as BiCodecDetokenize.onnx, with its"
                            + " codec.json beside it if it is not BiCodec's (default: that of the"
                            + " demo voice)")
    private Path file;

    @Option(
            names = "--gain",
            paramLabel = "X",
            description = "factor for all samples; what is too loud is clipped (default: 1)")
    private float gain = 1;

    /** A decoder for one caller; the caller closes it. */
    AudioDecoder open(ModelCache cache) throws IOException {
        return open(cache, 1);
    }

    /** The same for several calls at once. */
    AudioDecoder open(ModelCache cache, int calls) throws IOException {
        return OnnxAudioDecoder.open(
                file == null ? DemoVoice.unpack(cache).decoder() : file, calls);
    }

    /** Factor for all samples. */
    float gain() {
        return gain;
    }

    /** Whether another decoder than the demo voice's was named. */
    boolean given() {
        return file != null;
    }

    /** Samples as the sinks take them. */
    byte[] pcm(float[] samples) {
        return Pcm16.of(samples, gain);
    }
}
