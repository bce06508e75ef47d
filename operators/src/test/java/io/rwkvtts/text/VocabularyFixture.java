package io.rwkvtts.text;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Small vocabularies in each form: the 256 single bytes and whatever is added. */
final class VocabularyFixture {

    private final List<byte[]> tokens = new ArrayList<>();

    VocabularyFixture(String... added) {
        for (int value = 0; value < 256; value++) {
            tokens.add(new byte[] {(byte) value});
        }
        for (String token : added) {
            add(token.getBytes(StandardCharsets.UTF_8));
        }
    }

    VocabularyFixture add(byte[] token) {
        tokens.add(token);
        tokens.sort(Vocabulary.ORDER);
        return this;
    }

    List<byte[]> tokens() {
        return tokens;
    }

    /** Lines of the text form. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            byte[] token = tokens.get(i);
            lines.add((i + 1) + " " + literal(token) + " " + token.length);
        }
        return lines;
    }

    /** How tokens that are not UTF-8 are written in a text file. */
    enum ByteLiterals {
        /** As bytes literals. */
        BYTES,
        /** As text of Latin-1 characters, their length counted as that of the token. */
        LATIN1_OF_TOKEN_LENGTH,
        /** As text of Latin-1 characters, their length counted as that of their UTF-8 form. */
        LATIN1_OF_UTF8_LENGTH
    }

    /** Lines of the text form with unified ids and control entries. */
    List<String> unifiedLines(ByteLiterals literals) {
        List<String> lines = new ArrayList<>();
        SortedMap<Integer, String> controls = new TreeMap<>();
        unifiedJson()
                .fields()
                .forEachRemaining(
                        e -> controls.put(Integer.parseInt(e.getKey()), e.getValue().asText()));
        for (int id = 1; id <= controls.lastKey(); id++) {
            int raw = id - WorldTokenizer.TEXT_OFFSET;
            lines.add(
                    raw < 1 || raw > tokens.size()
                            ? id + " '" + controls.get(id) + "' " + controls.get(id).length()
                            : id + " " + unifiedToken(tokens.get(raw - 1), literals));
        }
        return lines;
    }

    private static String unifiedToken(byte[] token, ByteLiterals literals) {
        if (literals == ByteLiterals.BYTES || utf8(token) != null) {
            return literal(token) + " " + token.length;
        }
        String latin1 = new String(token, StandardCharsets.ISO_8859_1);
        byte[] utf8 = latin1.getBytes(StandardCharsets.UTF_8);
        return literal(utf8)
                + " "
                + (literals == ByteLiterals.LATIN1_OF_TOKEN_LENGTH ? token.length : utf8.length);
    }

    private static String literal(byte[] token) {
        String text = utf8(token);
        StringBuilder literal = new StringBuilder(text == null ? "b'" : "'");
        if (text == null) {
            for (byte b : token) {
                literal.append(String.format("\\x%02x", b));
            }
        } else {
            text.codePoints()
                    .forEach(
                            c -> {
                                if (c < ' ') {
                                    literal.append(String.format("\\x%02x", c));
                                } else if (c == '\'' || c == '\\') {
                                    literal.append('\\').append((char) c);
                                } else {
                                    literal.appendCodePoint(c);
                                }
                            });
        }
        return literal.append('\'').toString();
    }

    /** The object of raw ids, tokens that are not UTF-8 as arrays. */
    ObjectNode rawJson() {
        return json(0);
    }

    /** The object of unified ids with control entries, as rwkv-tts-rs has it but with arrays. */
    ObjectNode unifiedJson() {
        ObjectNode json = json(WorldTokenizer.TEXT_OFFSET);
        for (int i = 1; i < 8192; i++) {
            json.put(Integer.toString(i), "<|semantic_token_" + i + "|>");
        }
        json.put("8192", "<|semantic_token_eos|>");
        for (int i = 0; i < 3; i++) {
            json.put(Integer.toString(8193 + i), "<|tag_" + i + "|>");
        }
        for (int i = 0; i < 4096; i++) {
            json.put(Integer.toString(8196 + i), "<|global_token_" + i + "|>");
        }
        json.put("12292", "<|rwkv_tokenizer_end_of_text|>");
        int pad = padId();
        json.put(Integer.toString(pad), "<|pad_0|>");
        for (int i = 0; i < 100; i++) {
            json.put(Integer.toString(pad + 1 + i), "<|spct_" + i + "|>");
        }
        return json;
    }

    /** Id of the entry after the text tokens of {@link #unifiedJson}. */
    int padId() {
        return WorldTokenizer.TEXT_OFFSET + tokens.size() + 1;
    }

    private ObjectNode json(int offset) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < tokens.size(); i++) {
            String id = Integer.toString(offset + i + 1);
            String text = utf8(tokens.get(i));
            if (text != null) {
                json.put(id, text);
            } else {
                ArrayNode bytes = json.putArray(id);
                for (byte b : tokens.get(i)) {
                    bytes.add(b & 0xFF);
                }
            }
        }
        return json;
    }

    /** Writes the tokens that are not UTF-8 as Latin-1 strings, the defect of spec 2.3. */
    static ObjectNode withLatin1Defect(ObjectNode json) {
        for (var fields = json.fields(); fields.hasNext(); ) {
            var field = fields.next();
            if (field.getValue().isArray()) {
                StringBuilder latin1 = new StringBuilder();
                field.getValue().forEach(b -> latin1.append((char) b.asInt()));
                field.setValue(JsonNodeFactory.instance.textNode(latin1.toString()));
            }
        }
        return json;
    }

    /** A tokenizer of these tokens, by way of a file in {@code directory}. */
    WorldTokenizer tokenizer(Path directory) {
        return WorldTokenizer.load(write(directory, String.join("\n", lines()) + "\n"));
    }

    static Path write(Path directory, String content) {
        return write(directory, content.getBytes(StandardCharsets.UTF_8));
    }

    static Path write(Path directory, byte[] content) {
        try {
            return Files.write(directory.resolve("vocabulary"), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String utf8(byte[] token) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(token)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Requires that a file with this content is refused, by its path and what is wrong with it. */
    static void assertRefused(Path directory, String content, String problem) {
        Path file = write(directory, content);

        assertThatThrownBy(() -> WorldTokenizer.load(file))
                .isInstanceOf(VocabularyException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(problem);
    }
}
