package io.rwkvtts.text;

/** Text from a file as an error message shows it. */
final class Quoted {

    private static final int MAX_CHARS = 60;

    private Quoted() {}

    /** The text in quotes, cut after 60 characters, with all but printable ASCII escaped. */
    static String of(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < Math.min(text.length(), MAX_CHARS); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7F) {
                quoted.append(c);
            } else {
                quoted.append(String.format("\\u%04x", (int) c));
            }
        }
        return quoted.append(text.length() > MAX_CHARS ? "…\"" : "\"").toString();
    }
}
