package io.rwkvtts.text;

import java.nio.file.Path;
import java.util.TreeMap;

/**
 * Reader of the two JSON forms of a vocabulary (spec 2.3): raw ids with text tokens only
 * (web-rwkv), and unified ids with control entries (rwkv-tts-rs). A file with any of the control
 * entries is taken for the second.
 */
final class JsonVocabulary {

    private JsonVocabulary() {}

    /**
     * @throws VocabularyException naming the entry or the place
     */
    static Vocabulary read(Path file, byte[] content) {
        TreeMap<Integer, VocabularyEntry> entries = JsonEntries.read(file, content);
        return UnifiedVocabulary.isUnified(entries)
                ? UnifiedVocabulary.read(file, entries)
                : raw(file, entries);
    }

    private static Vocabulary raw(Path file, TreeMap<Integer, VocabularyEntry> entries) {
        VocabularyEntry zero = entries.get(0);
        if (zero != null && zero.is(UnifiedVocabulary.END_OF_TEXT)) {
            // Never produced by encoding (spec 2.1).
            entries.remove(0);
        }
        if (entries.isEmpty()) {
            throw new VocabularyException(file, "is an empty object");
        }
        return new Vocabulary(
                file, Latin1Repair.tokens(file, entries), TextVocabulary.spct0(entries.lastKey()));
    }
}
