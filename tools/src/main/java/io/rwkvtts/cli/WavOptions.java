package io.rwkvtts.cli;

import io.rwkvtts.model.ModelCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether a command that shows requests also writes their sound. */
final class WavOptions {

    @Option(
            names = "--wav",
            paramLabel = "DIR",
            description =
                    "also write the sound of each request into a file of this directory, which can"
                            + " be played while it grows")
    private Path directory;

    @Mixin private DecoderOptions decoding;

    /** Whether there is sound to be written. */
    boolean given() {
        return directory != null;
    }

    /** Whether there is sound to be written, by the demo voice's decoder. */
    boolean byDemoDecoder() {
        return directory != null && !decoding.given();
    }

    /** How the command decodes, be it for files or for the page. */
    DecoderOptions decoding() {
        return decoding;
    }

    /**
     * What the command gives its records to, and closes.
     *
     * @param cache for the demo voice's decoder
     * @param err told of requests that can't be written
     */
    RequestRecorder open(ModelCache cache, PrintWriter err) throws IOException {
        return directory == null
                ? RequestRecorder.NONE
                : new WavDirectory(directory, decoding.open(cache), decoding, err);
    }
}
