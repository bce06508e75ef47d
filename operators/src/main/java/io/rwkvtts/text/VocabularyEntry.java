package io.rwkvtts.text;

/**
 * An entry of a vocabulary as it is written.
 *
 * @param text the string; null if bytes are given
 * @param bytes the bytes, or the UTF-8 form of the string
 */
record VocabularyEntry(String text, byte[] bytes) {

    boolean is(String expected) {
        return expected.equals(text);
    }
}
