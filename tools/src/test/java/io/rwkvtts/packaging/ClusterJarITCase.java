package io.rwkvtts.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.job.RunCommand;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the jar for a cluster holds: all that Flink's {@code lib/} does not, and nothing that
 * belongs there.
 */
class ClusterJarITCase {

    private static final Pattern FLINK = Pattern.compile("org/apache/flink/.*");

    /** The only part of Flink that is not in its distribution. */
    private static final Pattern KAFKA_CONNECTOR =
            Pattern.compile(
                    "org/apache/flink/((connector|streaming/connectors)/kafka/.*"
                            + "|streaming/util/serialization/JSONKeyValueDeserializationSchema.class)");

    private static JarFile jar;
    private static Set<String> files;

    @BeforeAll
    static void open() throws IOException {
        jar = new JarFile(ProjectFiles.clusterJar().toFile());
        files =
                jar.stream()
                        .filter(entry -> !entry.isDirectory())
                        .map(ZipEntry::getName)
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    @Test
    void testRunCommandIsTheMainClass() throws IOException {
        assertThat(jar.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS))
                .isEqualTo(RunCommand.class.getName());
    }

    @Test
    void testHoldsTheJobWithItsOperatorsAndSchemas() {
        assertThat(files)
                .contains(
                        "io/rwkvtts/job/RunCommand.class",
                        "io/rwkvtts/operator/SynthesizeOperator.class",
                        "io/rwkvtts/engine/cpu/CpuEngine.class",
                        "io/rwkvtts/schema/TextEvent.class",
                        "io/rwkvtts/schema/v1/text-event.avsc",
                        "io/rwkvtts/schema/v2/text-event.avsc");
    }

    @Test
    void testHoldsTheLibrariesThatFlinkDoesNotBring() {
        assertThat(files)
                .contains(
                        "org/apache/flink/connector/kafka/source/KafkaSource.class",
                        "org/apache/kafka/clients/consumer/KafkaConsumer.class",
                        "org/apache/avro/Schema.class",
                        "ai/onnx/proto/OnnxMl.class",
                        "com/google/protobuf/Message.class",
                        "com/github/benmanes/caffeine/cache/Caffeine.class",
                        "com/fasterxml/jackson/databind/ObjectMapper.class",
                        "picocli/CommandLine.class");
    }

    /** Flink brings the other codecs of Kafka, snappy and lz4; gzip is Java's. */
    @Test
    void testReadsTopicsThatAreCompressedWithZstd() {
        assertThat(files)
                .contains("com/github/luben/zstd/ZstdInputStreamNoFinalizer.class")
                .anyMatch(file -> file.matches("linux/amd64/libzstd-jni-.*\\.so"));
    }

    /** Those of other platforms would only make the jar larger. */
    @Test
    void testHoldsNativeLibrariesOfThePlatformsThatOnnxRuntimeRunsOn() {
        assertThat(files)
                .filteredOn(file -> file.contains("libzstd-jni"))
                .extracting(file -> file.substring(0, file.lastIndexOf('/')))
                .containsExactlyInAnyOrder(
                        "darwin/aarch64", "linux/aarch64", "linux/amd64", "win/amd64");
    }

    /** Of ICU4J's data a part is left out. */
    @Test
    void testNormalisesAndCutsTextsByItself() throws Exception {
        URL[] jars = {ProjectFiles.clusterJar().toUri().toURL()};
        try (URLClassLoader alone =
                new URLClassLoader(jars, ClassLoader.getPlatformClassLoader())) {
            Class<?> normalizer = alone.loadClass("io.rwkvtts.text.NormalizedText");
            String text = "Cafe\u0301\uFEFF.\u00A0\u00A0می\u200Cروم؟ 👩\u200D💻 Τι; 한국어。好";
            assertThat(normalizer.getMethod("of", CharSequence.class).invoke(null, text))
                    .isEqualTo("Café. می\u200Cروم؟ 👩\u200D💻 Τι; 한국어。好");
            Class<?> segmenter = alone.loadClass("io.rwkvtts.text.Segmenter");
            Object eager = segmenter.getConstructor(int.class, int.class).newInstance(0, 200);
            assertThat(segmenter.getMethod("split", String.class).invoke(eager, text))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .hasSize(5);
        }
    }

    @Test
    void testHoldsNothingOfFlinkItself() {
        assertThat(files)
                .filteredOn(FLINK.asMatchPredicate())
                .filteredOn(KAFKA_CONNECTOR.asMatchPredicate().negate())
                .isEmpty();
    }

    /** Its natives can be loaded once in a process only, so it belongs into Flink's lib/. */
    @Test
    void testHoldsNothingOfOnnxRuntime() {
        assertThat(files).filteredOn(file -> file.contains("onnxruntime")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka/server/",
                "org/apache/kafka/controller/",
                "scala/",
                "org/apache/logging/",
                "log4j2.properties",
                "io/rwkvtts/bench/",
                "io/rwkvtts/chaos/",
                "io/rwkvtts/cli/",
                "io/rwkvtts/client/",
                "io/rwkvtts/local/",
                "io/rwkvtts/process/",
                "org/openjdk/jmh/",
                "META-INF/BenchmarkList",
                "demo-voice/"
            })
    void testHoldsNoPartsOfTheDemo(String prefix) {
        assertThat(files).filteredOn(file -> file.startsWith(prefix)).isEmpty();
    }

    @Test
    void testHoldsTheLicencesOfWhatIsInIt() throws IOException {
        assertThat(content("META-INF/LICENSE")).contains("Apache License");
        assertThat(content("META-INF/NOTICE"))
                .contains("flink-rwkv-tts")
                .contains("Apache Avro")
                .contains("Apache Flink");
        assertThat(content("META-INF/licenses/icu4j.txt")).contains("Unicode, Inc.");
        assertThat(content("META-INF/licenses/protobuf-java.txt")).contains("Google Inc.");
        assertThat(content("META-INF/licenses/zstd-jni.txt")).contains("Luben Karavelov");
    }

    private static String content(String name) throws IOException {
        ZipEntry entry = jar.getEntry(name);
        assertThat(entry).as(name).isNotNull();
        return new String(jar.getInputStream(entry).readAllBytes(), UTF_8);
    }
}
