package io.rwkvtts.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reader of the text forms of a vocabulary (spec 2.1): on each line an id, a Python literal and its
 * length in bytes, with one blank between. Lines end with LF or CR LF; empty ones at the end don't
 * count. Ids count from 1, or from 0 if that is a control entry.
 *
 * <p>Most files have raw ids, with tokens that ascend by length and bytes. Files of the RWKV-TTS
 * family ({@code …_sparktts_spct_tokens.txt}) have unified ids, beginning with control entries.
 */
final class TextVocabulary {

    /** SPCT_0 follows the last text id and one more, the HF tokenizer's "\n\n" (spec 3.2). */
    private static final int SPCT_0_BEHIND_LAST = 2;

    private static final Pattern CONTROL = Pattern.compile("'?<\\|.+>'?");

    private final Path file;
    private final TreeMap<Integer, VocabularyEntry> entries = new TreeMap<>();
    private boolean unified;
    private int nextId = 1;
    private byte[] previous = new byte[0];

    private TextVocabulary(Path file) {
        this.file = file;
    }

    /**
     * @throws VocabularyException naming the line
     */
    static Vocabulary read(Path file, byte[] content) {
        TextVocabulary reader = new TextVocabulary(file);
        int length = withoutEmptyEnd(content);
        int lineNumber = 1;
        // Only LF ends a line: the tokens may hold other characters that some readers split at.
        for (int start = 0; start < length; lineNumber++) {
            int end = start;
            while (end < length && content[end] != '\n') {
                end++;
            }
            // A line ends with digits: a CR is no part of a token.
            int last = end > start && content[end - 1] == '\r' ? end - 1 : end;
            reader.line(lineNumber, ByteBuffer.wrap(content, start, last - start));
            start = end + 1;
        }
        return reader.vocabulary();
    }

    /** Bytes up to the end of the last line that is not blank. */
    private static int withoutEmptyEnd(byte[] content) {
        int last = content.length;
        while (last > 0 && content[last - 1] <= ' ' && content[last - 1] >= 0) {
            last--;
        }
        int end = last;
        while (end < content.length && content[end] != '\n') {
            end++;
        }
        return end;
    }

    private Vocabulary vocabulary() {
        if (unified) {
            return UnifiedVocabulary.read(file, entries);
        }
        TreeMap<Integer, byte[]> tokens = new TreeMap<>();
        entries.forEach((id, entry) -> tokens.put(id, entry.bytes()));
        return new Vocabulary(file, tokens, spct0(entries.isEmpty() ? 0 : entries.lastKey()));
    }

    /** Where SPCT_0 is if the vocabulary has text tokens only, the last with this raw id. */
    static OptionalInt spct0(int largestRawId) {
        return OptionalInt.of(WorldTokenizer.TEXT_OFFSET + largestRawId + SPCT_0_BEHIND_LAST);
    }

    private void line(int number, ByteBuffer bytes) {
        String line = decode(number, bytes);
        // The literal may hold blanks itself.
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        if (first < 0 || first == last) {
            throw fault(
                    number,
                    "an id, a literal and its length were expected, found " + Quoted.of(line));
        }
        String literal = line.substring(first + 1, last);
        if (number == 1 && CONTROL.matcher(literal).matches()) {
            nextId = line.substring(0, first).equals("0") ? 0 : 1;
            unified = !literal.contains(UnifiedVocabulary.END_OF_TEXT);
        }
        checkId(number, line.substring(0, first));
        VocabularyEntry entry = entry(number, literal, line.substring(last + 1));
        int id = nextId++;
        if (!unified && id > 0) {
            checkOrder(number, entry.bytes());
        }
        if (unified || id > 0) {
            entries.put(id, entry);
        }
    }

    private void checkOrder(int number, byte[] token) {
        if (Vocabulary.ORDER.compare(previous, token) >= 0) {
            throw fault(
                    number,
                    "the token is not above that of the line before; tokens ascend by length, then"
                            + " by bytes");
        }
        previous = token;
    }

    private String decode(int number, ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw fault(number, "the line is not UTF-8", e);
        }
    }

    private void checkId(int number, String id) {
        if (!id.equals(Integer.toString(nextId))) {
            throw fault(
                    number,
                    "id "
                            + nextId
                            + " was expected, since ids count from 1, found "
                            + Quoted.of(id));
        }
        if (nextId > Vocabulary.MAX_RAW_ID) {
            throw fault(number, "more than " + Vocabulary.MAX_RAW_ID + " tokens");
        }
    }

    private VocabularyEntry entry(int number, String literal, String length) {
        byte[] bytes;
        try {
            bytes = PythonLiteral.bytes(literal);
        } catch (IllegalArgumentException e) {
            throw fault(number, e.getMessage() + " in the literal " + Quoted.of(literal), e);
        }
        String text = literal.startsWith("b") ? null : new String(bytes, StandardCharsets.UTF_8);
        if (length.equals(Integer.toString(bytes.length))) {
            return new VocabularyEntry(text, bytes);
        }
        // Bytes that were written as if they were Latin-1 characters: the length gives them away.
        if (unified && text != null && length.equals(Integer.toString(text.length()))) {
            byte[] latin1 = text.getBytes(StandardCharsets.ISO_8859_1);
            if (text.equals(new String(latin1, StandardCharsets.ISO_8859_1))) {
                return new VocabularyEntry(null, latin1);
            }
        }
        throw fault(
                number,
                "the literal has "
                        + bytes.length
                        + " bytes, but the length field has "
                        + Quoted.of(length));
    }

    private VocabularyException fault(int number, String problem) {
        return fault(number, problem, null);
    }

    private VocabularyException fault(int number, String problem, Throwable cause) {
        return new VocabularyException(file, "line " + number + ": " + problem, cause);
    }
}
