package io.rwkvtts.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonLiteralTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "'a', 61",
                "\"it's\", 69742773",
                "'say \"x\"', 736179202278 22",
                "'\\t\\n\\r\\\\\\'\\\"', 090a0d5c2722",
                "'\\a\\b\\f\\v\\0', 07080c0b00",
                "'\\7\\12\\101\\1011', 070a414131",
                "'\\x41\\x7f\\x80\\xff', 417fc280c3bf",
                "b'\\x41\\x7f\\x80\\xff', 417f80ff",
                "b\"\\377\\0\\t'\", ff000927",
                "'\\u00e9\\u4E16', c3a9e4b896",
                "'\\U0001F60A', f09f988a",
                "'😊世', f09f988ae4b896",
                "'\u0085\u2028', c285e280a8",
                "'\\777', c7bf",
                "'', ||",
            })
    void testEveryEscapeStandsForItsBytes(String literal, String hex) {
        assertThat(PythonLiteral.bytes(literal))
                .isEqualTo(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @Test
    void testBlanksInALiteralAreKept() {
        assertThat(PythonLiteral.bytes("'  a '"))
                .isEqualTo("  a ".getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "'",
                "b",
                "b'",
                "a",
                "abc",
                "u'a'",
                "r'a'",
                "B'a'",
                "'a",
                "'a\"",
                "'a'b'",
                "'a' ",
                "'\\",
                "'\\'",
                "'\\q'",
                "'\\x4'",
                "'\\x4g'",
                "'\\x４１'",
                "'\\u00e'",
                "'\\ud83d\\ude0a'",
                "'\\U00110000'",
                "'\\UFFFFFFFF'",
                "'\\N{BULLET}'",
                "b'\\u00e9'",
                "b'\\U0001F60A'",
                "b'é'",
                "b'\\400'",
            })
    void testAMalformedLiteralIsRefused(String literal) {
        assertThatThrownBy(() -> PythonLiteral.bytes(literal))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .isNotBlank();
    }
}
