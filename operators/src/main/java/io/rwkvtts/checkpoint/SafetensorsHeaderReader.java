package io.rwkvtts.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the JSON header of a safetensors file (spec 1.8) as a stream, so that a hostile one takes
 * no memory beyond its own length. Refuses duplicate names, deep nesting, and more metadata or
 * unknown fields than any file needs.
 */
final class SafetensorsHeaderReader {

    private static final int MAX_TENSORS = 65_536;
    private static final int MAX_DTYPE_CHARS = 20;

    /** As many as NumPy has. */
    private static final int MAX_DIMENSIONS = 64;

    private static final int MAX_METADATA = 1_000;

    /** Per tensor, those within one another counted, too. */
    private static final int MAX_UNKNOWN_FIELDS = 16;

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(8)
                                    .maxNameLength(1_000)
                                    .maxStringLength(1_000_000)
                                    .maxNumberLength(30)
                                    .build())
                    .build();

    private final String source;
    private final JsonParser json;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<SafetensorsHeader.Entry> entries = new ArrayList<>();
    private int metadataEntries;
    private int unknownFields;

    private SafetensorsHeaderReader(String source, JsonParser json) {
        this.source = source;
        this.json = json;
    }

    /**
     * @param source names the file in messages
     */
    static SafetensorsHeader read(String source, InputStream header) throws IOException {
        InputStreamReader utf8 = new InputStreamReader(header, StandardCharsets.UTF_8.newDecoder());
        try (JsonParser json = JSON.createParser(utf8)) {
            return new SafetensorsHeaderReader(source, json).read();
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(
                    "%s: the safetensors header is not valid JSON: %s at character %d"
                            .formatted(
                                    source,
                                    e.getOriginalMessage(),
                                    e.getLocation() == null ? 0 : e.getLocation().getCharOffset()),
                    e);
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(
                    source + ": the safetensors header is not valid UTF-8", e);
        }
    }

    private SafetensorsHeader read() throws IOException {
        expect(JsonToken.START_OBJECT, json.nextToken(), "the header");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals("__metadata__")) {
                readMetadata();
            } else {
                if (entries.size() == MAX_TENSORS) {
                    throw fault("more than " + MAX_TENSORS + " tensors");
                }
                entries.add(readEntry(name));
            }
        }
        if (json.nextToken() != null) {
            throw fault("the header continues after its JSON object: expected blanks only");
        }
        return new SafetensorsHeader(metadata, entries);
    }

    private void readMetadata() throws IOException {
        expect(JsonToken.START_OBJECT, json.currentToken(), "__metadata__");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            if (++metadataEntries > MAX_METADATA) {
                throw fault("__metadata__ has more than " + MAX_METADATA + " entries");
            }
            expect(JsonToken.VALUE_STRING, json.nextToken(), "__metadata__ " + key);
            // Others may be of megabytes, such as a training log: a string not asked for is
            // skipped.
            if (key.equals(RandomCheckpoint.SEED_KEY)) {
                metadata.put(key, json.getText());
            }
        }
    }

    private SafetensorsHeader.Entry readEntry(String name) throws IOException {
        expect(JsonToken.START_OBJECT, json.currentToken(), "tensor " + name);
        String type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        unknownFields = 0;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "dtype" -> {
                    expect(JsonToken.VALUE_STRING, value, "dtype of tensor " + name);
                    type = excerpt(json.getText());
                }
                case "shape" -> shape = readNumbers("shape of tensor " + name);
                case "data_offsets" -> offsets = readNumbers("data_offsets of tensor " + name);
                default -> {
                    countUnknownField(name);
                    skipValue(name);
                }
            }
        }
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw fault(
                    "tensor "
                            + name
                            + " has dtype %s, shape %s, data_offsets %s: expected all three, and two offsets"
                                    .formatted(type, shape, offsets));
        }
        return new SafetensorsHeader.Entry(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private void skipValue(String tensor) throws IOException {
        int depth = 0;
        JsonToken token = json.currentToken();
        while (true) {
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.FIELD_NAME) {
                countUnknownField(tensor);
            }
            if (depth == 0) {
                return;
            }
            token = json.nextToken();
        }
    }

    /** Names are kept by the parser until their object ends. */
    private void countUnknownField(String tensor) {
        if (++unknownFields > MAX_UNKNOWN_FIELDS) {
            throw fault(
                    "tensor "
                            + tensor
                            + " has more than "
                            + MAX_UNKNOWN_FIELDS
                            + " unknown fields");
        }
    }

    private List<Long> readNumbers(String where) throws IOException {
        expect(JsonToken.START_ARRAY, json.currentToken(), where);
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(JsonToken.VALUE_NUMBER_INT, json.currentToken(), where);
            long number = json.getLongValue();
            if (number < 0 || numbers.size() == MAX_DIMENSIONS) {
                throw fault(
                        where
                                + ": expected at most "
                                + MAX_DIMENSIONS
                                + " numbers from 0 on, found "
                                + (number < 0 ? number : "more"));
            }
            numbers.add(number);
        }
        return numbers;
    }

    /** A type that is not known is shown, not read. */
    private static String excerpt(String dtype) {
        return dtype.length() <= MAX_DTYPE_CHARS ? dtype : dtype.substring(0, MAX_DTYPE_CHARS);
    }

    private void expect(JsonToken expected, JsonToken found, String where) {
        if (found != expected) {
            throw fault(where + ": expected JSON " + expected + ", found " + found);
        }
    }

    private ModelFormatException fault(String message) {
        return new ModelFormatException(source + ": safetensors header: " + message);
    }
}
