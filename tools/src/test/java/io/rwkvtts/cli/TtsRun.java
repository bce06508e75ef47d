package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/**
 * What one command did.
 *
 * @param exit its status
 * @param out standard output
 * @param err standard error
 */
record TtsRun(int exit, String out, String err) {

    /** Runs a command in this process. */
    static TtsRun of(List<String> arguments) {
        return of(arguments.toArray(String[]::new));
    }

    /** Runs a command in this process. */
    static TtsRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit =
                Tts.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true))
                        .execute(arguments);
        return new TtsRun(exit, out.toString(), err.toString());
    }

    /** The JSON object of the last line, after a success. */
    JsonNode json() {
        assertThat(exit).as(err).isZero();
        String[] lines = out.split("\n");
        try {
            return new ObjectMapper().readTree(lines[lines.length - 1]);
        } catch (JsonProcessingException e) {
            throw new AssertionError("the last line is no JSON: " + out, e);
        }
    }

    /** Asserts a failure that is told in one line, with these words in it, and nothing else. */
    void assertFailure(Object... words) {
        assertThat(exit).isEqualTo(1);
        assertThat(err).startsWith("tts ").endsWith("\n").containsOnlyOnce("\n");
        for (Object word : words) {
            assertThat(err).contains(word.toString());
        }
        assertThat(out).isEmpty();
    }

    /** Asserts wrong usage: one line with these words, and one that names the help. */
    void assertWrongUsage(String... words) {
        assertThat(exit).isEqualTo(2);
        assertThat(err).startsWith("tts ").contains(words);
        assertThat(err).matches("(?s)[^\n]+\nTry 'tts [a-z-]+ --help'\\.\n");
        assertThat(out).isEmpty();
    }
}
