package io.rwkvtts.text;

import static java.util.Map.entry;

import io.rwkvtts.text.JsonEntries.Entry;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reader of the two JSON forms of a vocabulary (spec 2.3): raw ids with text tokens only
 * (web-rwkv), and unified ids with control entries (rwkv-tts-rs). A file with any of the control
 * entries is taken for the second.
 */
final class JsonVocabulary {

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
                            entry(WorldTokenizer.TEXT_OFFSET, "<|rwkv_tokenizer_end_of_text|>")));

    private static final int SPCT_COUNT = 100;

    private final Path file;
    private final TreeMap<Integer, Entry> entries;

    private JsonVocabulary(Path file, TreeMap<Integer, Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /**
     * @throws VocabularyException naming the entry or the place
     */
    static Vocabulary read(Path file, byte[] content) {
        JsonVocabulary reader = new JsonVocabulary(file, JsonEntries.read(file, content));
        boolean unified =
                reader.entries.values().stream()
                        .anyMatch(entry -> LANDMARKS.containsValue(entry.text()));
        return unified ? reader.unified() : reader.raw();
    }

    private Vocabulary raw() {
        if (entries.isEmpty()) {
            throw new VocabularyException(file, "is an empty object");
        }
        return new Vocabulary(
                file, Latin1Repair.tokens(file, entries), TextVocabulary.spct0(entries.lastKey()));
    }

    private Vocabulary unified() {
        LANDMARKS.forEach(this::check);
        OptionalInt spct0 = find("<|spct_0|>");
        int textEnd = textEnd(spct0);
        TreeMap<Integer, Entry> text = new TreeMap<>();
        entries.subMap(WorldTokenizer.TEXT_OFFSET + 1, textEnd)
                .forEach((id, entry) -> text.put(id - WorldTokenizer.TEXT_OFFSET, entry));
        return new Vocabulary(file, Latin1Repair.tokens(file, text), spct0);
    }

    /** The first id behind the text tokens; all entries from there on are found to be controls. */
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
            SortedMap<Integer, Entry> behind = entries.tailMap(end + SPCT_COUNT);
            if (!behind.isEmpty()) {
                throw new VocabularyException(
                        file, "id " + behind.firstKey() + " stands behind the last control entry");
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
        Entry entry = entries.get(id);
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

    private static String describe(Entry entry) {
        return entry.text() == null ? "an array of bytes" : Quoted.of(entry.text());
    }
}
