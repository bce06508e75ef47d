package io.rwkvtts.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The entries of a JSON vocabulary as they are written: one object, its keys ids in decimal, its
 * values strings or arrays of byte numbers (spec 2.3).
 */
final class JsonEntries {

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static final Pattern ID = Pattern.compile("0|[1-9][0-9]{0,7}");

    private final Path file;
    private final JsonParser parser;
    private final TreeMap<Integer, VocabularyEntry> entries = new TreeMap<>();

    private JsonEntries(Path file, JsonParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /**
     * @throws VocabularyException naming the entry or the place
     */
    static TreeMap<Integer, VocabularyEntry> read(Path file, byte[] content) {
        try (JsonParser parser = JSON.createParser(content)) {
            JsonEntries reader = new JsonEntries(file, parser);
            reader.readObject();
            return reader.entries;
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw new VocabularyException(
                    file, "is no sound JSON" + place + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new VocabularyException(file, "can't be read: " + e.getMessage(), e);
        }
    }

    private void readObject() throws IOException {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            int id = id(parser.currentName());
            entries.put(id, entry(id));
        }
        if (parser.nextToken() != null) {
            throw new VocabularyException(file, "has more after the object of tokens");
        }
    }

    private int id(String key) {
        if (!ID.matcher(key).matches()) {
            throw new VocabularyException(
                    file,
                    "key "
                            + Quoted.of(key)
                            + " is no id; a decimal number was expected. A JSON vocabulary is one"
                            + " object from ids to tokens, such as tokenizer.json of rwkv-tts-rs;"
                            + " the tokenizer.json of Hugging Face's tokenizers, an index or the"
                            + " error message of a server is none");
        }
        return Integer.parseInt(key);
    }

    private VocabularyEntry entry(int id) throws IOException {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.VALUE_STRING) {
            String text = parser.getText();
            if (TextRules.loneSurrogate(text) >= 0) {
                throw fault(id, "has half a surrogate pair, which has no UTF-8 form");
            }
            return new VocabularyEntry(text, text.getBytes(StandardCharsets.UTF_8));
        }
        if (token == JsonToken.START_ARRAY) {
            return new VocabularyEntry(null, byteArray(id));
        }
        throw fault(id, "is neither a string nor an array of bytes");
    }

    private byte[] byteArray(int id) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                    || parser.getLongValue() < 0
                    || parser.getLongValue() > 255) {
                throw fault(
                        id,
                        "has "
                                + Quoted.of(parser.getText())
                                + " in its array; numbers from 0 to 255 were expected");
            }
            bytes.write(parser.getIntValue());
        }
        return bytes.toByteArray();
    }

    private VocabularyException fault(int id, String problem) {
        return new VocabularyException(file, "the entry of id " + id + " " + problem);
    }
}
