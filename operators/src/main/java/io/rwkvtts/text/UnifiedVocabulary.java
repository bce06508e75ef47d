package io.rwkvtts.text;

import static java.util.Map.entry;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A vocabulary of unified ids with control entries (spec 3.2), as rwkv-tts-rs has it in JSON and
 * the RWKV-TTS family in text. The control entries are checked and left out: control ids come from
 * the program.
 */
final class UnifiedVocabulary {

    /** The control entry of raw id 0, which files of raw ids have, too. */
    static final String END_OF_TEXT = "<|rwkv_tokenizer_end_of_text|>";

    /** Control entries in front of the text, by unified id: they pin the id space of spec 3.2. */
    private static final Map<Integer, String> LANDMARKS =
            new TreeMap<>(
                    Map.ofEntries(
                            entry(8192, "<|semantic_token_eos|>"),
                            entry(8193, "<|tag_0|>"),
                            entry(8194, "<|tag_1|>"),
                            entry(8195, "<|tag_2|>"),
                            entry(8196, "<|global_token_0|>"),
                            entry(12_291, "<|global_token_4095|>"),
                            entry(WorldTokenizer.TEXT_OFFSET, END_OF_TEXT)));

    private static final int SPCT_COUNT = 100;

    private final Path file;
    private final TreeMap<Integer, VocabularyEntry> entries;

    private UnifiedVocabulary(Path file, TreeMap<Integer, VocabularyEntry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /** Whether a file has any of the control entries that pin the unified ids. */
    static boolean isUnified(Map<Integer, VocabularyEntry> entries) {
        return entries.entrySet().stream()
                .anyMatch(
                        entry ->
                                LANDMARKS.containsValue(entry.getValue().text())
                                        && !(entry.getKey() == 0
                                                && entry.getValue().is(END_OF_TEXT)));
    }

    /**
     * @throws VocabularyException naming the entry
     */
    static Vocabulary read(Path file, TreeMap<Integer, VocabularyEntry> entries) {
        return new UnifiedVocabulary(file, entries).read();
    }

    private Vocabulary read() {
        LANDMARKS.forEach(this::check);
        OptionalInt spct0 = find("<|spct_0|>");
        int textEnd = textEnd(spct0);
        TreeMap<Integer, VocabularyEntry> text = new TreeMap<>();
        entries.subMap(WorldTokenizer.TEXT_OFFSET + 1, textEnd)
                .forEach((id, entry) -> text.put(id - WorldTokenizer.TEXT_OFFSET, entry));
        return new Vocabulary(file, Latin1Repair.tokens(file, text), spct0);
    }

    /** The first id after the text tokens; all entries from there on are found to be controls. */
    private int textEnd(OptionalInt spct0) {
        int end = spct0.orElse(entries.lastKey() + 1);
        int pads = find("<|pad_0|>").orElse(end);
        for (int id = pads; id < end; id++) {
            check(id, "<|pad_" + (id - pads) + "|>");
        }
        if (spct0.isPresent()) {
            for (int n = 0; n < SPCT_COUNT; n++) {
                check(end + n, "<|spct_" + n + "|>");
            }
            SortedMap<Integer, VocabularyEntry> after = entries.tailMap(end + SPCT_COUNT);
            if (!after.isEmpty()) {
                throw new VocabularyException(
                        file, "id " + after.firstKey() + " stands after the last control entry");
            }
        }
        return Math.min(pads, end);
    }

    private OptionalInt find(String control) {
        return entries.entrySet().stream()
                .filter(entry -> entry.getValue().is(control))
                .mapToInt(Map.Entry::getKey)
                .findFirst();
    }

    private void check(int id, String control) {
        VocabularyEntry entry = entries.get(id);
        if (entry == null || !entry.is(control)) {
            throw new VocabularyException(
                    file,
                    "id "
                            + id
                            + " is "
                            + (entry == null ? "absent" : describe(entry))
                            + ", but the control entry "
                            + control
                            + " was expected there");
        }
    }

    private static String describe(VocabularyEntry entry) {
        return entry.text() == null ? "an array of bytes" : Quoted.of(entry.text());
    }
}
