package io.rwkvtts.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.Test;

class ReleasedSchemasTest {

    private static final Path SOURCES = Path.of("src/main/avro");

    private static final Map<String, Class<?>> CURRENT =
            Map.of(
                    "audio-chunk.avsc", AudioChunk.class,
                    "audio-tokens.avsc", AudioTokens.class,
                    "dead-letter.avsc", DeadLetter.class,
                    "text-event.avsc", TextEvent.class);

    @Test
    void testFingerprintsOfReleasedSchemasNeverChange() {
        Map<String, String> fingerprints = new TreeMap<>();
        for (String file : CURRENT.keySet()) {
            ReleasedSchemas.of(file)
                    .forEach(
                            (version, schema) ->
                                    fingerprints.put(
                                            version + "/" + file,
                                            "%016x"
                                                    .formatted(
                                                            SchemaNormalization
                                                                    .parsingFingerprint64(
                                                                            schema))));
        }

        assertThat(fingerprints)
                .containsExactly(
                        Map.entry("v1/audio-tokens.avsc", "a2f8e5e2d4f52a99"),
                        Map.entry("v1/dead-letter.avsc", "2cc27ffeae21bd87"),
                        Map.entry("v1/text-event.avsc", "462925898db848f6"),
                        Map.entry("v2/audio-tokens.avsc", "a2f8e5e2d4f52a99"),
                        Map.entry("v2/dead-letter.avsc", "2cc27ffeae21bd87"),
                        Map.entry("v2/text-event.avsc", "e9f09e45108ddfb6"),
                        Map.entry("v3/audio-chunk.avsc", "30efbf5c9075dbda"),
                        Map.entry("v3/audio-tokens.avsc", "a2f8e5e2d4f52a99"),
                        Map.entry("v3/dead-letter.avsc", "2cc27ffeae21bd87"),
                        Map.entry("v3/text-event.avsc", "e9f09e45108ddfb6"));
    }

    @Test
    void testEveryFolderOfSchemasIsAListedRelease() throws IOException {
        try (Stream<Path> folders = Files.list(SOURCES)) {
            assertThat(folders.map(folder -> folder.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(ReleasedSchemas.VERSIONS);
        }
    }

    @Test
    void testEveryReleaseHasTheSchemasOfTheOneBefore() throws IOException {
        Set<String> before = Set.of();
        for (String version : ReleasedSchemas.VERSIONS) {
            try (Stream<Path> files = Files.list(SOURCES.resolve(version))) {
                Set<String> names =
                        files.map(file -> file.getFileName().toString())
                                .collect(Collectors.toSet());
                assertThat(names).as(version).containsAll(before);
                before = names;
            }
        }
        assertThat(before).isEqualTo(CURRENT.keySet());
    }

    @Test
    void testRecordClassesAreMadeFromTheLatestRelease() {
        CURRENT.forEach(
                (file, type) ->
                        assertThat(SchemaNormalization.toParsingForm(schemaOf(type)))
                                .isEqualTo(
                                        SchemaNormalization.toParsingForm(
                                                latest(ReleasedSchemas.of(file)))));
    }

    @Test
    void testRecordClassesReadEveryRelease() {
        CURRENT.forEach(
                (file, type) ->
                        ReleasedSchemas.of(file)
                                .forEach(
                                        (version, schema) ->
                                                assertThat(
                                                                SchemaCompatibility
                                                                        .checkReaderWriterCompatibility(
                                                                                schemaOf(type),
                                                                                schema)
                                                                        .getType())
                                                        .as(version + "/" + file)
                                                        .isEqualTo(
                                                                SchemaCompatibilityType
                                                                        .COMPATIBLE)));
    }

    @Test
    void testEveryFieldIsDocumented() {
        for (String file : CURRENT.keySet()) {
            Schema schema = latest(ReleasedSchemas.of(file));
            assertThat(schema.getDoc()).as(file).isNotBlank();
            assertThat(schema.getFields())
                    .allSatisfy(field -> assertThat(field.doc()).as(field.name()).isNotBlank());
        }
    }

    private static Schema schemaOf(Class<?> type) {
        return SpecificData.get().getSchema(type);
    }

    private static Schema latest(Map<String, Schema> releases) {
        return List.copyOf(releases.values()).get(releases.size() - 1);
    }
}
