package io.rwkvtts.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Repair of vocabularies whose tokens that are not UTF-8 were written as if their bytes were
 * Latin-1 characters (spec 2.3, D-03): the byte 0x80 as the string U+0080. Read as UTF-8, no single
 * byte from 0x80 on is left in them.
 *
 * <p>Which entries are meant is not written, but tokens ascend by length and bytes: of the two ways
 * to read an entry the smallest that is above its predecessor is right.
 */
final class Latin1Repair {

    /** Raw id of the byte 0x80 in every World vocabulary: the single bytes are ids 1 to 256. */
    private static final int BYTE_80 = 129;

    private Latin1Repair() {}

    /**
     * The bytes of text entries by raw id, repaired if the file has the defect.
     *
     * @throws VocabularyException if it has, and can't be repaired
     */
    static TreeMap<Integer, byte[]> tokens(Path file, SortedMap<Integer, VocabularyEntry> entries) {
        boolean defective = entries.containsKey(BYTE_80) && entries.get(BYTE_80).is("\u0080");
        TreeMap<Integer, byte[]> tokens = new TreeMap<>();
        byte[] previous = new byte[0];
        for (Map.Entry<Integer, VocabularyEntry> entry : entries.entrySet()) {
            byte[] token = entry.getValue().bytes();
            if (defective) {
                token = repaired(file, entry.getKey(), entry.getValue(), previous);
            }
            tokens.put(entry.getKey(), token);
            previous = token;
        }
        return tokens;
    }

    private static byte[] repaired(Path file, int rawId, VocabularyEntry entry, byte[] previous) {
        return readings(entry)
                .filter(reading -> Vocabulary.ORDER.compare(reading, previous) > 0)
                .min(Vocabulary.ORDER)
                .orElseThrow(
                        () ->
                                new VocabularyException(
                                        file,
                                        "has single bytes as Latin-1 strings, and can't be repaired"
                                                + " since raw id "
                                                + rawId
                                                + " breaks the order of length and bytes; use the"
                                                + " vocabulary's .txt file"));
    }

    private static Stream<byte[]> readings(VocabularyEntry entry) {
        if (entry.text() == null || !latin1(entry.text())) {
            return Stream.of(entry.bytes());
        }
        return Stream.of(entry.bytes(), entry.text().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Whether all characters are up to U+00FF and one of them is from U+0080 on. */
    private static boolean latin1(String text) {
        return text.chars().allMatch(c -> c <= 0xFF) && text.chars().anyMatch(c -> c >= 0x80);
    }
}
