package io.rwkvtts.text;

import io.rwkvtts.file.FileKind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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

    private static final int BYTE_ORDER_MARK_BYTES = 3;

    private static final String EXPECTED =
            ": lines like \"257 '\\n\\n' 2\" (.txt) or a JSON object of ids and tokens were expected,"
                    + " such as rwkv_vocab_v20230424.txt or tokenizer.json";

    private static final String GIVE_VOCABULARY =
            "Give the vocabulary that the model was trained with: rwkv_vocab_v20230424.txt or"
                    + " tokenizer.json";

    private VocabularyFile() {}

    /**
     * @throws VocabularyException if the file can't be read or is no sound vocabulary
     */
    static Vocabulary read(Path file) {
        byte[] content = content(file);
        int first = firstCharacter(content);
        if (first == '{') {
            return JsonVocabulary.read(file, content);
        }
        if (first >= '0' && first <= '9') {
            return TextVocabulary.read(file, content);
        }
        String found = first == 'b' || first == '<' ? " (lines without ids, as in vocab.txt)" : "";
        throw new VocabularyException(file, "is no vocabulary" + found + EXPECTED);
    }

    /** Without a byte order mark. */
    private static byte[] content(Path file) {
        if (Files.isDirectory(file)) {
            throw new VocabularyException(
                    file,
                    "is a directory: give the file in it, such as rwkv_vocab_v20230424.txt or"
                            + " tokenizer.json");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            in.mark(FileKind.HEAD_BYTES + 1);
            byte[] head = in.readNBytes(FileKind.HEAD_BYTES);
            FileKind.of(head)
                    .ifPresent(
                            kind -> {
                                throw new VocabularyException(
                                        file,
                                        "is %s, no vocabulary. %s"
                                                .formatted(
                                                        kind.what(),
                                                        kind.remedy().orElse(GIVE_VOCABULARY)));
                            });
            in.reset();
            in.skipNBytes(startsWithByteOrderMark(head) ? BYTE_ORDER_MARK_BYTES : 0);
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

    private static boolean startsWithByteOrderMark(byte[] head) {
        return new String(head, StandardCharsets.UTF_8).startsWith("\ufeff");
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
