package io.rwkvtts.text;

/**
 * Replaces line breaks before a text is encoded. The public tokenizers give an empty line different
 * tokens (D-05), so the spec lets none reach them; and what a model was trained to read are
 * sentences, not lines.
 */
public final class LineBreaks {

    private LineBreaks() {}

    /**
     * The text with each run of line breaks and the blanks around them as one blank; as nothing
     * beside a character of a script that is written without blanks. Other blanks stay as they are.
     */
    public static String toBlanks(CharSequence text) {
        StringBuilder joined = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            int end = blanksEnd(text, at);
            if (end == at) {
                joined.append(text.charAt(at++));
            } else {
                joined.append(replacement(text, at, end));
                at = end;
            }
        }
        return joined.toString();
    }

    private static int blanksEnd(CharSequence text, int from) {
        int end = from;
        while (end < text.length() && Marks.blank(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static CharSequence replacement(CharSequence text, int from, int to) {
        CharSequence blanks = text.subSequence(from, to);
        if (blanks.chars().noneMatch(Marks::lineBreak)) {
            return blanks;
        }
        boolean besideUnspaced =
                from > 0 && Marks.unspaced(Character.codePointBefore(text, from))
                        || to < text.length() && Marks.unspaced(Character.codePointAt(text, to));
        return besideUnspaced ? "" : " ";
    }
}
