package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.audio.RequestAudio;
import io.rwkvtts.audio.WavFile;
import io.rwkvtts.audio.WindowPlan;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.schema.AudioTokens;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A WAV file for each request, named after it, that is whole at any moment: also of a request that
 * is still generated, was cancelled, or never ends. Owns the decoder. Belongs to one thread.
 */
final class WavDirectory implements RequestRecorder {

    private static final int MAX_NAME = 200;

    private final Path directory;
    private final AudioDecoder decoder;
    private final DecoderOptions options;
    private final PrintWriter err;
    private final Map<String, Recording> recordings = new HashMap<>();

    private record Recording(RequestAudio audio, WavFile file) {}

    /**
     * @param directory made if it does not exist
     * @param err told of requests that can't be written
     */
    WavDirectory(Path directory, AudioDecoder decoder, DecoderOptions options, PrintWriter err)
            throws IOException {
        this.directory = Files.createDirectories(directory);
        this.decoder = decoder;
        this.options = options;
        this.err = err;
    }

    /** The file of a request. */
    Path path(String id) {
        String name = URLEncoder.encode(id, UTF_8).replace("*", "%2A");
        if (name.startsWith(".")) {
            name = "%2E" + name.substring(1);
        }
        if (name.length() > MAX_NAME) {
            name = name.substring(0, MAX_NAME) + "~" + Integer.toHexString(id.hashCode());
        }
        return directory.resolve(name + ".wav");
    }

    @Override
    public void received(ReceivedTokens received) throws IOException {
        AudioTokens tokens = received.tokens();
        String id = tokens.getRequestId();
        if (!recordings.containsKey(id) && tokens.getGlobalTokens() == null) {
            if (!received.end()) {
                err.printf("%s: not written, its beginning was missed%n", id);
                err.flush();
            }
            return;
        }
        try {
            write(id, tokens, received.end());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void write(String id, AudioTokens tokens, boolean end) throws IOException {
        Recording recording = recordings.get(id);
        if (recording == null) {
            recording =
                    new Recording(
                            new RequestAudio(decoder, WindowPlan.streaming(decoder.format())),
                            new WavFile(path(id), decoder.format().sampleRate()));
            recordings.put(id, recording);
        }
        WavFile file = recording.file;
        if (end) {
            recordings.remove(id);
            try (file) {
                recording.audio.end(samples -> append(file, samples));
            }
        } else {
            recording.audio.accept(
                    ints(tokens.getGlobalTokens()),
                    ints(tokens.getTokens()),
                    samples -> append(file, samples));
        }
    }

    private void append(WavFile file, float[] samples) {
        try {
            file.append(options.pcm(samples));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[] ints(List<Integer> list) {
        return list == null ? null : list.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Decodes what running requests have so far. */
    @Override
    public void close() throws IOException {
        try (decoder) {
            for (Recording recording : recordings.values()) {
                try (WavFile file = recording.file) {
                    recording.audio.end(samples -> append(file, samples));
                }
            }
            recordings.clear();
        }
    }
}
