package io.rwkvtts.protocol;

import io.rwkvtts.file.FileKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a voice file {@code <id>.raf.json} and checks it. */
public final class VoiceFileReader {

    /** Most bytes of a voice file; twenty minutes of speech need fewer. */
    static final int MAX_BYTES = 1 << 20;

    private static final String RECORDING =
            "A voice is made from a recording by other programs of the RWKV-TTS family";

    private static final Logger LOG = LoggerFactory.getLogger(VoiceFileReader.class);

    private VoiceFileReader() {}

    /**
     * Reads a voice. A missing or wrong checksum is logged as a warning and the voice is used all
     * the same (spec 4.1): it guards against accidents, and people edit transcripts and names by
     * hand. What must hold for a voice to be usable is checked either way.
     *
     * @throws VoiceFileException if the file cannot be read or its content is not that of a voice;
     *     names file and field
     */
    public static VoiceFile read(Path file) {
        if (Files.isDirectory(file)) {
            throw new VoiceFileException(
                    "voice file %s is a directory: expected an <id>.raf.json (a job takes a directory of them, tts.voices)"
                            .formatted(file));
        }
        VoiceFile read;
        try {
            read = VoiceJson.parse(bytes(file));
        } catch (NoSuchFileException e) {
            throw new VoiceFileException("voice file " + file + " does not exist", e);
        } catch (IOException e) {
            throw new VoiceFileException("voice file " + file + " cannot be read: " + e, e);
        } catch (IllegalArgumentException e) {
            throw new VoiceFileException("voice file " + file + ": " + e.getMessage(), e);
        }
        switch (VoiceChecksum.verdict(read)) {
            case MISSING -> LOG.warn("Voice file {} has no checksum; it is used unchecked.", file);
            case WRONG ->
                    LOG.warn(
                            "Voice file {} was changed after it was written: its checksum is {},"
                                    + " that of its content {}. It is used as it is.",
                            file,
                            read.checksum(),
                            VoiceChecksum.of(read));
            case VALID -> LOG.debug("Voice file {} is as it was written.", file);
        }
        return read;
    }

    private static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            requireNoOther(Arrays.copyOf(bytes, Math.min(bytes.length, FileKind.HEAD_BYTES)));
            if (bytes.length > MAX_BYTES) {
                throw new IllegalArgumentException(
                        "it has more than " + MAX_BYTES + " bytes, which no voice needs");
            }
            return bytes;
        }
    }

    private static void requireNoOther(byte[] head) {
        FileKind.of(head)
                // JSON in it is read.
                .filter(kind -> !kind.equals(FileKind.UTF_16))
                .ifPresent(
                        kind -> {
                            throw new IllegalArgumentException(
                                    "it is %s: expected the JSON of an <id>.raf.json. %s"
                                            .formatted(
                                                    kind.what(), kind.remedy().orElse(RECORDING)));
                        });
    }
}
