package io.rwkvtts.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Reader of the text form of the World vocabulary (spec 2.1): on each line a raw id, a Python
 * literal and its length in bytes, with one blank between. Ids count from 1; the tokens ascend by
 * length and bytes.
 */
final class TextVocabulary {

    /** SPCT_0 stands behind the last text id and one more, the HF tokenizer's "\n\n" (spec 3.2). */
    private static final int SPCT_0_BEHIND_LAST = 2;

    private final Path file;
    private final TreeMap<Integer, byte[]> tokens = new TreeMap<>();
    private byte[] previous = new byte[0];

    private TextVocabulary(Path file) {
        this.file = file;
    }

    /**
     * @throws VocabularyException naming the line
     */
    static Vocabulary read(Path file, byte[] content) {
        TextVocabulary reader = new TextVocabulary(file);
        int lineNumber = 1;
        // Only LF ends a line: the tokens may hold other characters that some readers split at.
        for (int start = 0; start < content.length; lineNumber++) {
            int end = start;
            while (end < content.length && content[end] != '\n') {
                end++;
            }
            reader.line(lineNumber, ByteBuffer.wrap(content, start, end - start));
            start = end + 1;
        }
        return new Vocabulary(file, reader.tokens, spct0(reader.tokens.lastKey()));
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
        checkId(number, line.substring(0, first));
        byte[] token = literal(number, line.substring(first + 1, last));
        checkLength(number, line.substring(last + 1), token.length);
        if (Vocabulary.ORDER.compare(previous, token) >= 0) {
            throw fault(
                    number,
                    "the token is not above that of the line before; tokens ascend by length, then"
                            + " by bytes");
        }
        tokens.put(number, token);
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
        if (!id.equals(Integer.toString(number))) {
            throw fault(
                    number,
                    "id "
                            + number
                            + " was expected, since ids count from 1, found "
                            + Quoted.of(id));
        }
        if (number > Vocabulary.MAX_RAW_ID) {
            throw fault(number, "more than " + Vocabulary.MAX_RAW_ID + " tokens");
        }
    }

    private byte[] literal(int number, String literal) {
        try {
            return PythonLiteral.bytes(literal);
        } catch (IllegalArgumentException e) {
            throw fault(number, e.getMessage() + " in the literal " + Quoted.of(literal), e);
        }
    }

    private void checkLength(int number, String length, int expected) {
        if (!length.equals(Integer.toString(expected))) {
            throw fault(
                    number,
                    "the literal has "
                            + expected
                            + " bytes, but the length field says "
                            + Quoted.of(length));
        }
    }

    private VocabularyException fault(int number, String problem) {
        return fault(number, problem, null);
    }

    private VocabularyException fault(int number, String problem, Throwable cause) {
        return new VocabularyException(file, "line " + number + ": " + problem, cause);
    }
}
