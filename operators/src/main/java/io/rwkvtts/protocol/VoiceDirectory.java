package io.rwkvtts.protocol;

import io.rwkvtts.text.TextRules;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reference voices of a directory. The voice of the file {@code <id>.raf.json} is known by that
 * id, letters, digits, {@code _} and {@code -}, at most 64.
 *
 * <p>All files are read once, when the directory is opened. An id from a request is only looked up
 * among them and never becomes a path. Immutable; any thread may use it.
 */
public final class VoiceDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(VoiceDirectory.class);

    private static final String SUFFIX = ".raf.json";
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** Most ids that an error message lists. */
    private static final int LISTED = 10;

    private final TreeMap<String, Voice> voices;

    private VoiceDirectory(TreeMap<String, Voice> voices) {
        this.voices = voices;
    }

    /** No voices: every id is unknown. */
    public static VoiceDirectory empty() {
        return new VoiceDirectory(new TreeMap<>());
    }

    /**
     * Reads all voices of a directory. A file whose name is not that of a voice is left out, with a
     * warning if it ends like one.
     *
     * @throws VoiceFileException if the directory or one of its voices cannot be read; names the
     *     file
     */
    public static VoiceDirectory open(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new VoiceFileException(
                    "voice directory " + directory + " does not exist or is no directory",
                    new NotDirectoryException(directory.toString()));
        }
        TreeMap<String, Voice> voices = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String id = name.substring(0, name.length() - SUFFIX.length());
                if (ID.matcher(id).matches()) {
                    voices.put(id, VoiceFileReader.read(file).voice());
                } else {
                    LOG.warn("Voice file {} is left out: its name must be {}{}", file, ID, SUFFIX);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new VoiceFileException(
                    "voice directory " + directory + " cannot be read: " + e, e);
        }
        return new VoiceDirectory(voices);
    }

    /**
     * The voice of an id, which may come from anywhere.
     *
     * @throws IllegalArgumentException if there is none; lists some that there are
     */
    public Voice voice(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "voice id \"" + TextRules.excerpt(id) + "\" is malformed, expected " + ID);
        }
        Voice voice = voices.get(id);
        if (voice == null) {
            throw new IllegalArgumentException(
                    "voice id \"" + id + "\" is unknown, expected " + known());
        }
        return voice;
    }

    /** Number of voices. */
    public int size() {
        return voices.size();
    }

    private String known() {
        if (voices.isEmpty()) {
            return "none: no voices are installed";
        }
        String some = voices.keySet().stream().limit(LISTED).collect(Collectors.joining(", "));
        int more = voices.size() - LISTED;
        return "one of " + some + (more > 0 ? " and " + more + " more" : "");
    }
}
