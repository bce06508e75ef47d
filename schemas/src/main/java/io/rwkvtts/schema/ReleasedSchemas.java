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
    static final List<String> VERSIONS = List.of("v1", "v2");

    private ReleasedSchemas() {}

    /**
     * All releases of one schema.
     *
     * @param file name of the file in each release, such as {@code text-event.avsc}
     * @return version to schema
     */
    static Map<String, Schema> of(String file) {
        Map<String, Schema> schemas = new LinkedHashMap<>();
        for (String version : VERSIONS) {
            schemas.put(version, read(version + "/" + file));
        }
        return schemas;
    }

    private static Schema read(String resource) {
        try (InputStream in = ReleasedSchemas.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("schema " + resource + " is not on the class path");
            }
            return new Schema.Parser().parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException("schema " + resource + " cannot be read", e);
        }
    }
}
