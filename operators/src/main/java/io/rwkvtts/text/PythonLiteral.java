package io.rwkvtts.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Parser of a Python text literal ({@code '…'}, {@code "…"}) or bytes literal ({@code b'…'}, {@code
 * b"…"}) with the escapes of spec 2.1.
 */
final class PythonLiteral {

    private final String literal;
    private final boolean bytes;
    private final char quote;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int at;

    private PythonLiteral(String literal) {
        this.literal = literal;
        this.bytes = literal.startsWith("b");
        this.at = bytes ? 1 : 0;
        if (literal.length() < at + 2 || literal.charAt(at) != '\'' && literal.charAt(at) != '"') {
            throw new IllegalArgumentException("no '…', \"…\", b'…' or b\"…\"");
        }
        this.quote = literal.charAt(at++);
    }

    /**
     * What the literal stands for: the UTF-8 form of a text, the bytes of a bytes literal.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    static byte[] bytes(String literal) {
        return new PythonLiteral(literal).parse();
    }

    private byte[] parse() {
        while (true) {
            int c = next();
            if (c == quote) {
                break;
            }
            if (c == '\\') {
                escape();
            } else if (bytes && c >= 0x80) {
                throw new IllegalArgumentException("a character beyond ASCII");
            } else {
                append(c);
            }
        }
        if (at < literal.length()) {
            throw new IllegalArgumentException("characters after the closing quote");
        }
        return out.toByteArray();
    }

    private int next() {
        if (at >= literal.length()) {
            throw new IllegalArgumentException("no closing quote");
        }
        int c = literal.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }

    private void escape() {
        int c = next();
        switch (c) {
            case '\\', '\'', '"' -> append(c);
            case 'a' -> append(0x07);
            case 'b' -> append('\b');
            case 'f' -> append('\f');
            case 'n' -> append('\n');
            case 'r' -> append('\r');
            case 't' -> append('\t');
            case 'v' -> append(0x0B);
            case 'x' -> append(hex(2));
            case '0', '1', '2', '3', '4', '5', '6', '7' -> append(octal(c - '0'));
            case 'u' -> append(textOnly(4));
            case 'U' -> append(textOnly(8));
            default ->
                    throw new IllegalArgumentException(
                            "an unknown escape, \\" + Character.toString(c) + ",");
        }
    }

    private int textOnly(int digits) {
        if (bytes) {
            throw new IllegalArgumentException("an escape that only a text may have");
        }
        return hex(digits);
    }

    private int hex(int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = next();
            if (!HexFormat.isHexDigit(digit)) {
                throw new IllegalArgumentException(
                        "an escape with fewer than " + digits + " hexadecimal digits");
            }
            value = value << 4 | HexFormat.fromHexDigit(digit);
        }
        if (value > Character.MAX_CODE_POINT) {
            throw new IllegalArgumentException("an escape beyond U+10FFFF");
        }
        return (int) value;
    }

    /** One to three digits, the first of which has been read. */
    private int octal(int first) {
        int value = first;
        for (int i = 0; i < 2; i++) {
            int digit = at < literal.length() ? literal.charAt(at) - '0' : -1;
            if (digit < 0 || digit > 7) {
                break;
            }
            value = value << 3 | digit;
            at++;
        }
        return value;
    }

    private void append(int value) {
        if (!bytes) {
            if (value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException(
                        "half a surrogate pair, which has no UTF-8 form,");
            }
            out.writeBytes(Character.toString(value).getBytes(StandardCharsets.UTF_8));
        } else if (value > 0xFF) {
            throw new IllegalArgumentException("an escape beyond one byte");
        } else {
            out.write(value);
        }
    }
}
