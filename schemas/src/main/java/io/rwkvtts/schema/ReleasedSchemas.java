package io.rwkvtts.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/** The schemas of all releases, oldest first, read from the class path. */
final class ReleasedSchemas {

    /** Folders of {@code src/main/avro}. */
    static final List<String> VERSIONS = List.of("v1", "v2", "v3");

    private ReleasedSchemas() {}

    /**
     * All releases of one schema, from the first one that has it.
     *
     * @param file name of the file in each release, such as {@code text-event.avsc}
     * @return version to schema
     */
    static Map<String, Schema> of(String file) {
        Map<String, Schema> schemas = new LinkedHashMap<>();
        for (String version : VERSIONS) {
            String resource = version + "/" + file;
            try (InputStream in = ReleasedSchemas.class.getResourceAsStream(resource)) {
                if (in != null) {
                    schemas.put(version, new Schema.Parser().parse(in));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("schema " + resource + " cannot be read", e);
            }
        }
        if (schemas.isEmpty()) {
            throw new IllegalStateException("schema " + file + " is not on the class path");
        }
        return schemas;
    }
}
