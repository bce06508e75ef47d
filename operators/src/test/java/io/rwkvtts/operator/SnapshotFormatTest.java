package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.GenerationProgress;
import io.rwkvtts.protocol.NextAction;
import io.rwkvtts.synthesis.RequestAttributes;
import io.rwkvtts.synthesis.RequestSnapshot;
import io.rwkvtts.synthesis.RequestText;
import io.rwkvtts.synthesis.UtteranceSnapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SnapshotFormatTest {

    /** Everything set, with values that differ from each other. */
    private static RequestSnapshot speaking() {
        return speaking(4_500L);
    }

    private static RequestSnapshot speaking(Long budgetMs) {
        return new RequestSnapshot(
                "request-1 ü",
                17,
                1_790_000_000_001L,
                1_790_000_000_002L,
                new RequestAttributes(
                        "voice_a",
                        "child",
                        "male",
                        "HAPPY",
                        "low_pitch",
                        "slow",
                        0.5,
                        0.75,
                        40,
                        -3L,
                        200,
                        1,
                        9,
                        1_790_000_000_003L,
                        budgetMs,
                        "tenant-7"),
                new RequestText.Snapshot(
                        "Hello, world. 你好",
                        3,
                        false,
                        new TreeMap<>(java.util.Map.of(5L, new RequestText.Held(" later", true)))),
                2,
                13,
                6,
                85,
                IntStream.range(0, 32).map(i -> i * 100).toArray(),
                true,
                new UtteranceSnapshot(
                        new int[] {8195, 12_365, 8193},
                        3,
                        10,
                        new GenerationLimits(1, 200, 77),
                        new GenerationProgress(
                                IntStream.range(0, 32).toArray(),
                                IntStream.range(500, 512).toArray(),
                                NextAction.FEED_TOKEN),
                        "weights",
                        "numerics",
                        1,
                        new byte[] {0, 1, 2, -1}));
    }

    /** Everything absent that may be. */
    private static RequestSnapshot waiting() {
        return new RequestSnapshot(
                "w",
                0,
                1,
                2,
                RequestAttributes.NONE,
                new RequestText.Snapshot("", 0, false, new TreeMap<>()),
                0,
                0,
                0,
                0,
                null,
                false,
                null);
    }

    /** In mid-speech, the state to be computed again. */
    private static RequestSnapshot withoutState(RequestSnapshot request) {
        return request.withUtterance(request.utterance().withoutState());
    }

    private static byte[] bytes(RequestSnapshot... requests) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (RequestSnapshot request : requests) {
            SnapshotFormat.write(request, new DataOutputStream(bytes));
        }
        return bytes.toByteArray();
    }

    @Test
    void testReadsWhatItWrites() throws IOException {
        RequestSnapshot[] requests = {speaking(), waiting(), withoutState(speaking())};
        assertHolds(bytes(requests), requests);
    }

    /** The file was written by version 1, which knew no budgets. */
    @Test
    void testReadsVersion1() throws IOException {
        assertHolds(golden(1), speaking(null), waiting(), withoutState(speaking(null)));
    }

    /** The file was written by version 2. */
    @Test
    void testReadsAndWritesVersion2() throws IOException {
        RequestSnapshot[] requests = {speaking(), waiting(), withoutState(speaking())};
        assertHolds(golden(2), requests);
        assertThat(bytes(requests)).isEqualTo(golden(2));
    }

    /** A file that must stay readable by every later release. */
    private static byte[] golden(int version) throws IOException {
        String name = "/snapshots/requests-v" + version + ".bin";
        try (InputStream golden = SnapshotFormatTest.class.getResourceAsStream(name)) {
            return golden.readAllBytes();
        }
    }

    private static void assertHolds(byte[] bytes, RequestSnapshot... requests) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        for (RequestSnapshot request : requests) {
            assertThat(SnapshotFormat.read(in)).usingRecursiveComparison().isEqualTo(request);
        }
        assertThat(in.read()).isEqualTo(-1);
    }

    @Test
    void testRefusesAnUnknownVersion() throws IOException {
        byte[] bytes = bytes(waiting());
        bytes[0] = 3;
        assertThatThrownBy(
                        () ->
                                SnapshotFormat.read(
                                        new DataInputStream(new ByteArrayInputStream(bytes))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 3")
                .hasMessageContaining("versions 1 to 2");
    }

    @Test
    void testSerializerKeepsReferencesAndNeverCopies() {
        RequestSnapshot request = speaking();
        RequestSnapshotSerializer serializer = new RequestSnapshotSerializer();
        assertThat(serializer.copy(request)).isSameAs(request);
        assertThat(serializer.isImmutableType()).isTrue();
    }
}
