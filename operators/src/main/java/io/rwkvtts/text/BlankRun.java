package io.rwkvtts.text;

/** A run of blanks, and what it becomes in the normal form of a text. */
final class BlankRun {

    private boolean begun;
    private int lineBreaks;
    private int last;

    void add(int c) {
        begun = true;
        lineBreaks += Marks.lineBreaks(last, c);
        last = c;
    }

    boolean begun() {
        return begun;
    }

    /** Whether a paragraph ends here, so that further blanks make no difference. */
    boolean isParagraph() {
        return lineBreaks > 1;
    }

    void clear() {
        begun = false;
        lineBreaks = 0;
        last = 0;
    }

    /** Blanks after a paragraph's end, which was certain before, are left out. */
    void appendTo(StringBuilder text) {
        int length = text.length();
        boolean paragraph =
                length >= 2 && text.charAt(length - 1) == '\n' && text.charAt(length - 2) == '\n';
        if (!paragraph) {
            text.append(lineBreaks > 1 ? "\n\n" : lineBreaks == 1 ? "\n" : " ");
        }
    }
}
