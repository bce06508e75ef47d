package io.rwkvtts.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.rwkvtts.Vectors;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {

    @TempDir private Path directory;

    @Test
    void testTensorsInAnyOrderAndUnalignedAreRead() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
        data.putShort((short) 0x3c00).putFloat(-1.5f).putShort((short) 0x4000);
        data.putShort((short) 0x4040);
        Path path =
                write(
                        """
                        {"b":{"data_offsets":[2,6],"shape":[1,1,1],"dtype":"F32","more":[{}]},
                        "__metadata__":{"format":"pt"},
                        "a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},
                        "empty":{"dtype":"F32","shape":[0,7],"data_offsets":[6,6]},
                        "scalar":{"dtype":"F16","shape":[],"data_offsets":[6,8]},
                        "c":{"dtype":"BF16","shape":[1],"data_offsets":[8,10]}}   \n""",
                        data.array());
        SafetensorsFile file = SafetensorsFile.open(path);
        assertThat(file.metadata()).isEmpty();
        assertThat(file.tensors())
                .extracting(StoredTensor::name)
                .containsExactly("b", "a", "empty", "scalar", "c");
        assertThat(file.tensors().stream().map(SafetensorsFileTest::values))
                .containsExactly(List.of(-1.5f), List.of(1f), List.of(), List.of(2f), List.of(3f));
    }

    static Stream<Arguments> malformedHeaders() {
        String good = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
        return Stream.of(
                Arguments.of("[]", "expected JSON START_OBJECT, found START_ARRAY"),
                Arguments.of("", "found null"),
                Arguments.of("{\"a\":" + good, "not valid JSON"),
                Arguments.of("{\"a\":" + good + "} x", "not valid JSON"),
                Arguments.of("{\"a\":" + good + "}{}", "continues after its JSON object"),
                Arguments.of("{\"a\":" + good + ",\"a\":" + good + "}", "Duplicate field 'a'"),
                Arguments.of("{\"a\":7}", "tensor a: expected JSON START_OBJECT"),
                Arguments.of("{\"a\":null}", "tensor a: expected JSON START_OBJECT"),
                Arguments.of("{\"a\":{}}", "tensor a has dtype null"),
                Arguments.of(
                        "{\"a\":{\"dtype\":3,\"shape\":[2],\"data_offsets\":[0,8]}}",
                        "dtype of tensor a"),
                Arguments.of(tensor("F32", "[-2]", "[0,8]"), "found -2"),
                Arguments.of(tensor("F32", "[2.0]", "[0,8]"), "found VALUE_NUMBER_FLOAT"),
                Arguments.of(tensor("F32", "[\"2\"]", "[0,8]"), "found VALUE_STRING"),
                Arguments.of(tensor("F32", "2", "[0,8]"), "expected JSON START_ARRAY"),
                Arguments.of(tensor("F32", "[[2]]", "[0,8]"), "found START_ARRAY"),
                Arguments.of(
                        tensor("F32", "[" + "1,".repeat(64) + "2]", "[0,8]"), "at most 64 numbers"),
                Arguments.of(tensor("F32", "[18446744073709551616]", "[0,8]"), "out of range"),
                Arguments.of(tensor("F32", "[4294967296,4294967296]", "[0,8]"), "is too large"),
                Arguments.of(tensor("F32", "[4611686018427387904]", "[0,8]"), "is too large"),
                Arguments.of(tensor("F32", "[2]", "[0]"), "expected all three, and two offsets"),
                Arguments.of(tensor("F32", "[2]", "[0,4,8]"), "two offsets"),
                Arguments.of(tensor("F32", "[2]", "[8,0]"), "lie outside the 8 bytes"),
                Arguments.of(tensor("F32", "[2]", "[4,12]"), "is the file truncated?"),
                Arguments.of(tensor("F32", "[1]", "[0,8]"), "has 8 bytes: expected 4"),
                Arguments.of(tensor("F16", "[2]", "[0,8]"), "has 8 bytes: expected 4"),
                Arguments.of(tensor("F32", "[1]", "[0,4]"), "4 bytes follow the last"),
                Arguments.of(tensor("F32", "[1]", "[4,8]"), "neither overlap nor hole"),
                Arguments.of(
                        "{\"a\":%s,\"b\":%s}".formatted(good, good), "neither overlap nor hole"),
                Arguments.of("{\"__metadata__\":{\"x\":1},\"a\":" + good + "}", "__metadata__ x"),
                Arguments.of("{\"__metadata__\":[],\"a\":" + good + "}", "__metadata__"),
                Arguments.of(
                        "{\"a\":{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}}",
                        "nesting depth"),
                Arguments.of("{\"" + "n".repeat(2_000) + "\":" + good + "}", "Name length"),
                Arguments.of("{\"\\u12\":1}", "not valid JSON"),
                Arguments.of(
                        IntStream.range(0, 65_537)
                                .mapToObj(
                                        i ->
                                                "\"%d\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}"
                                                        .formatted(i))
                                .collect(Collectors.joining(",", "{", "}")),
                        "more than 65536 tensors"));
    }

    @ParameterizedTest
    @MethodSource("malformedHeaders")
    void testMalformedHeadersAreRefusedWithTheReason(String header, String reason)
            throws IOException {
        Path path = write(header, new byte[8]);
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(reason);
    }

    /** A million names of which the reader and its parser must not keep more than a few. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"__metadata__\":{%s}}|__metadata__ has more than 1000 entries",
                "{\"a\":{%s}}|tensor a has more than 16 unknown fields",
                "{\"a\":{\"x\":[{},{%s}]}}|tensor a has more than 16 unknown fields"
            })
    void testHeadersOfEndlessFieldsAreRefusedInLittleMemory(String header, String reason)
            throws IOException {
        String fields =
                IntStream.range(0, 1_000_000)
                        .mapToObj(i -> "\"" + i + "\":\"\"")
                        .collect(Collectors.joining(","));
        Path path = write(header.formatted(fields), new byte[0]);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(reason);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000_000);
    }

    @Test
    void testHeaderThatIsNotUtf8IsRefused() throws IOException {
        byte[] header = "{\"a\u00e9\":{}}".getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
        Path path = directory.resolve("latin1.safetensors");
        Files.write(path, bytes.putLong(header.length).put(header).array());
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("not valid UTF-8");
    }

    @Test
    void testTensorsOfTypesThatAreNotKnownAreNotRead() throws IOException {
        Path path =
                write(
                        """
                        {"counter":{"dtype":"I64","shape":[],"data_offsets":[0,8]},
                        "scale":{"dtype":"F8_E4M3","shape":[4611686018427387904,9],"data_offsets":[8,9]},
                        "odd":{"dtype":"%s","shape":[3,0,5],"data_offsets":[9,9]},
                        "none":{"dtype":"F32","shape":[9223372036854775807,2,0],"data_offsets":[9,9]},
                        "deep":{"dtype":"F16","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[9,11]}}"""
                                .formatted("x".repeat(100_000)),
                        new byte[11]);

        SafetensorsFile file = SafetensorsFile.open(path);

        assertThat(file.tensors()).hasSize(5);
        assertThatThrownBy(() -> file.tensors().get(0).read(0, new float[1], 0, 1))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("tensor counter has dtype I64: expected one of [F32, F16, BF16]");
        assertThatThrownBy(() -> file.tensors().get(2).type())
                .hasMessageContaining("dtype " + "x".repeat(20) + ": expected one of");
        assertThat(values(file.tensors().get(4))).containsExactly(0f);
    }

    /** Such as the log of a training. */
    @Test
    void testLongMetadataIsSkipped() throws IOException {
        Path path =
                write(
                        "{\"__metadata__\":{\"log\":\"%s\",\"random_seed\":\"7\"}}"
                                .formatted("x".repeat(3_000_000)),
                        new byte[0]);

        assertThat(SafetensorsFile.open(path).metadata())
                .containsExactly(Map.entry("random_seed", "7"));
    }

    @ParameterizedTest
    @MethodSource("io.rwkvtts.file.ForeignFiles#all")
    void testAnotherKindOfFileIsCalledByItsName(byte[] content, String what, String advice)
            throws IOException {
        Path path = Files.write(directory.resolve("x.safetensors"), content);

        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContainingAll(path.toString(), what, "expected a safetensors file")
                .hasMessageContainingAll(advice.equals("fetch the file again") ? "etch" : advice);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":\"Invalid username or password.\"}",
                "{\"code\":{\"error\":\"gone\"}}",
                "Entry not found",
                "1 '\\x00' 1\n2 '\\x01' 1\n",
            })
    void testTextInThePlaceOfACheckpointIsShown(String content) throws IOException {
        Path path = Files.writeString(directory.resolve("x.safetensors"), content);

        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("is text that begins with " + content.substring(0, 10));
    }

    static Stream<byte[]> filesWithoutAHeader() {
        return Stream.of(
                new byte[0],
                new byte[7],
                length(1),
                length(100_000_001),
                length(Long.MAX_VALUE),
                length(-1),
                length(Long.MIN_VALUE),
                "PK\u0003\u0004 a zip file".getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @MethodSource("filesWithoutAHeader")
    void testHeaderLengthsBeyondTheFileAreRefused(byte[] content) throws IOException {
        Path path = Files.write(directory.resolve("x.safetensors"), content);
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("expected");
    }

    @Test
    void testHeaderAboveTheLimitIsRefusedEvenIfTheFileHasIt() throws IOException {
        Path path = directory.resolve("sparse.safetensors");
        try (FileChannel channel =
                FileChannel.open(
                        path,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(length(100_000_001)));
            channel.write(ByteBuffer.wrap(new byte[1]), 100_000_020);
        }
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expected at most 100000000");
    }

    @Test
    void testTruncatedFileIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(Vectors.file("naming/official-bf16.safetensors"));
        for (int length : new int[] {whole.length - 1, whole.length / 2, 6000, 3000, 9}) {
            Path path = Files.write(directory.resolve("cut"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> SafetensorsFile.open(path))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("truncated");
        }
    }

    @Test
    void testMissingFileAndDirectoryAreNamed() {
        assertThatThrownBy(() -> SafetensorsFile.open(directory.resolve("none.safetensors")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("none.safetensors does not exist");
        assertThatThrownBy(() -> SafetensorsFile.open(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("is not a file");
    }

    private Path write(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json).put(data);
        return Files.write(directory.resolve("x.safetensors"), bytes.array());
    }

    private static String tensor(String dtype, String shape, String offsets) {
        return "{\"a\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}"
                .formatted(dtype, shape, offsets);
    }

    private static byte[] length(long headerBytes) {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(headerBytes).array();
    }

    private static List<Float> values(StoredTensor tensor) {
        float[] values = new float[(int) tensor.elements()];
        tensor.read(0, values, 0, values.length);
        return IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
    }
}
