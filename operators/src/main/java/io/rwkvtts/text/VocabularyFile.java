package io.rwkvtts.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a vocabulary file into memory and tells its form by its first character. */
final class VocabularyFile {

    /**
     * Most bytes read; the largest known vocabulary has 1.8 million. Keeps the nodes of a {@link
     * ByteTrie} in range, too.
     */
    static final int MAX_BYTES = 8_000_000;

    private VocabularyFile() {}

    /**
     * @throws VocabularyException if the file can't be read or is no sound vocabulary
     */
    static Vocabulary read(Path file) {
        byte[] content = content(file);
        if (content.length == 0) {
            throw new VocabularyException(file, "is empty");
        }
        int first = firstCharacter(content);
        if (first == '{') {
            return JsonVocabulary.read(file, content);
        }
        if (first >= '0' && first <= '9') {
            return TextVocabulary.read(file, content);
        }
        throw new VocabularyException(
                file,
                "is no vocabulary: lines like \"257 '\\n\\n' 2\" (.txt) or a JSON object of ids and"
                        + " tokens were expected");
    }

    private static byte[] content(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new VocabularyException(
                        file, "has more than " + MAX_BYTES + " bytes, too many for a vocabulary");
            }
            return content;
        } catch (NoSuchFileException e) {
            throw new VocabularyException(file, "there is no such file", e);
        } catch (IOException e) {
            throw new VocabularyException(file, "can't be read (" + e + ")", e);
        }
    }

    private static int firstCharacter(byte[] content) {
        for (byte b : content) {
            if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
                return b;
            }
        }
        return -1;
    }
}
