package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.GenerationProgress;
import io.rwkvtts.protocol.NextAction;
import io.rwkvtts.synthesis.ChunkPlan;
import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.RequestAttributes;
import io.rwkvtts.synthesis.RequestIdentity;
import io.rwkvtts.synthesis.RequestSnapshot;
import io.rwkvtts.synthesis.RequestTerms;
import io.rwkvtts.synthesis.RequestText;
import io.rwkvtts.synthesis.RequestedSampling;
import io.rwkvtts.synthesis.RequestedVoice;
import io.rwkvtts.synthesis.SegmentLimits;
import io.rwkvtts.synthesis.SegmentSnapshot;
import io.rwkvtts.synthesis.SpeechProgress;
import io.rwkvtts.synthesis.StateIds;
import io.rwkvtts.synthesis.TextPiece;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Holds the bytes of snapshots to a golden file of each version.
 *
 * <p>A new version: raise {@link SnapshotFormat#VERSION}, give the test of the version before it
 * what that version did not know, add a test for the new one, and write its golden file with
 *
 * <pre>{@code
 * mvn test -pl operators -am -Dtest=SnapshotFormatTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dtts.snapshots.write=true
 * }</pre>
 *
 * <p>The file of a version that was released must never be written again.
 */
class SnapshotFormatTest {

    private static final RequestTerms CUT = RequestTerms.configured(new ChunkPlan(7, 19));
    private static final String WRITE = "tts.snapshots.write";

    /** Everything set, with values that differ from each other. */
    private static RequestSnapshot running() {
        return running(4_500L, CUT, FinishReason.EXPIRED, " \r", 21);
    }

    /** As version 3 holds it, which did not know how tokens are cut into records. */
    private static RequestSnapshot runningBefore4() {
        return running(4_500L, null, FinishReason.EXPIRED, " \r", 21);
    }

    /** As versions 1 and 2 hold it, which knew only the text itself. */
    private static RequestSnapshot runningBefore3(Long budgetMs) {
        return running(budgetMs, null, null, "", 16);
    }

    private static RequestSnapshot running(
            Long budgetMs,
            RequestTerms terms,
            FinishReason ending,
            String pending,
            int joinedChars) {
        return new RequestSnapshot(
                new RequestIdentity("request-1 ü", 17, 1_790_000_000_001L),
                1_790_000_000_002L,
                new RequestAttributes(
                        new RequestedVoice(
                                "voice_a", "child", "male", "HAPPY", "low_pitch", "slow"),
                        new RequestedSampling(0.5, 0.75, 40, -3L),
                        200,
                        1,
                        9,
                        1_790_000_000_003L,
                        budgetMs,
                        "tenant-7"),
                new RequestText.Snapshot(
                        "Hello, world. 你好",
                        pending,
                        joinedChars,
                        3,
                        false,
                        List.of(new TextPiece(5, " later", true))),
                new SpeechProgress(
                        2, 13, 6, 85, IntStream.range(0, 32).map(i -> i * 100).toArray(), true),
                terms,
                ending,
                new SegmentSnapshot(
                        new int[] {8195, 12_365, 8193},
                        3,
                        10,
                        new GenerationLimits(1, 200, 77),
                        new GenerationProgress(
                                IntStream.range(0, 32).toArray(),
                                IntStream.range(500, 512).toArray(),
                                NextAction.FEED_TOKEN),
                        new StateIds("weights", "numerics", 1),
                        new byte[] {0, 1, 2, -1}));
    }

    /** As the job has it whose options change while it runs, on a side of an experiment. */
    private static RequestSnapshot controlled() {
        RequestTerms terms =
                new RequestTerms(
                        new ChunkPlan(7, 19),
                        new SegmentLimits(new GenerationLimits(3, 120, 55), true),
                        "short:b",
                        3);
        return running(4_500L, terms, FinishReason.EXPIRED, " \r", 21);
    }

    /** With limits, but on no side of an experiment. */
    private static RequestSnapshot limited() {
        SegmentLimits limits = new SegmentLimits(new GenerationLimits(0, 300, 0), false);
        RequestTerms terms = new RequestTerms(new ChunkPlan(10, 25), limits, null, 0);
        return running(null, terms, null, "", 16);
    }

    /** Everything absent that may be. */
    private static RequestSnapshot waiting() {
        return new RequestSnapshot(
                new RequestIdentity("w", 0, 1),
                2,
                RequestAttributes.NONE,
                new RequestText.Snapshot("", "", 0, 0, false, List.of()),
                SpeechProgress.START,
                null,
                null,
                null);
    }

    /** In mid-generation, the state to be computed again. */
    private static RequestSnapshot withoutState(RequestSnapshot request) {
        return request.withActive(request.active().withoutState());
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
        RequestSnapshot[] requests = {running(), waiting(), controlled(), withoutState(limited())};
        assertHolds(bytes(requests), requests);
    }

    /** The file was written by version 1, which knew no budgets. */
    @Test
    void testReadsVersion1() throws IOException {
        RequestSnapshot running = runningBefore3(null);
        assertHolds(golden(1), running, waiting(), withoutState(running));
    }

    /** The file was written by version 2, which knew no ends that wait, and no checksums. */
    @Test
    void testReadsVersion2() throws IOException {
        RequestSnapshot running = runningBefore3(4_500L);
        assertHolds(golden(2), running, waiting(), withoutState(running));
    }

    /** The file was written by version 3, which did not know how tokens are cut into records. */
    @Test
    void testReadsVersion3() throws IOException {
        RequestSnapshot running = runningBefore4();
        assertHolds(golden(3), running, waiting(), withoutState(running));
    }

    /** Requests of a job without a control topic have the bytes of the version before. */
    @Test
    void testReadsAndWritesVersion4() throws IOException {
        RequestSnapshot[] requests = {running(), waiting(), withoutState(running())};
        assertThat(bytes(requests)).isEqualTo(golden(4));
        assertHolds(golden(4), requests);
    }

    /** The file was written by the current version; see the class on how to write the next one. */
    @Test
    void testReadsAndWritesVersion5() throws IOException {
        RequestSnapshot[] requests = {controlled(), limited(), withoutState(controlled())};
        if (Boolean.getBoolean(WRITE)) {
            Files.write(
                    Path.of("src/test/resources" + goldenName(SnapshotFormat.VERSION)),
                    bytes(requests));
        }
        assertThat(bytes(requests)).isEqualTo(golden(5));
        assertHolds(golden(5), requests);
    }

    private static String goldenName(int version) {
        return "/snapshots/requests-v" + version + ".bin";
    }

    /** A file that must stay readable by every later release. */
    private static byte[] golden(int version) throws IOException {
        return Files.readAllBytes(Path.of("src/test/resources" + goldenName(version)));
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
        bytes[0] = 6;
        assertThatThrownBy(
                        () ->
                                SnapshotFormat.read(
                                        new DataInputStream(new ByteArrayInputStream(bytes))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 6")
                .hasMessageContaining("versions 1 to 5");
    }

    /** Every bit of a request counts, those of its lengths and of its state among them. */
    @Test
    void testNamesTheRequestWhereverABitIsWrong() throws IOException {
        byte[] intact = bytes(running());
        int firstOfFields = 13;
        int lastOfId = firstOfFields + 4 + "request-1 ü".length();
        for (int bit = 0; bit < 8 * intact.length; bit++) {
            byte[] bytes = intact.clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            var failure = assertThatThrownBy(() -> read(bytes)).as("bit " + bit);
            if (bit >= 8) {
                failure.isInstanceOf(DamagedSnapshotException.class);
            }
            if (bit / 8 > lastOfId) {
                failure.hasMessageContaining("'request-1 ü'").hasMessageContaining("checksum");
            }
        }
    }

    @Test
    void testRefusesWhatIsCutOffAnywhere() throws IOException {
        for (byte[] intact :
                new byte[][] {
                    bytes(running()), bytes(waiting()), bytes(controlled()), firstOf(1)
                }) {
            for (int length = 0; length < intact.length; length++) {
                byte[] bytes = Arrays.copyOf(intact, length);
                assertThatThrownBy(() -> read(bytes)).isInstanceOf(DamagedSnapshotException.class);
            }
        }
    }

    /** They have no checksum, but a wrong length must not take all memory with it. */
    @Test
    void testOldVersionsAllocateNoMoreThanThereIs() throws IOException {
        byte[] bytes = firstOf(1);
        for (int at = 1; at + 4 <= bytes.length; at++) {
            byte[] damaged = bytes.clone();
            ByteBuffer.wrap(damaged).putInt(at, Integer.MAX_VALUE - 8);
            try {
                read(damaged);
            } catch (DamagedSnapshotException expected) {
                assertThat(expected).hasMessageContaining("snapshot");
            }
            ByteBuffer.wrap(damaged).putInt(at, Integer.MIN_VALUE);
            try {
                read(damaged);
            } catch (DamagedSnapshotException expected) {
                assertThat(expected).hasMessageContaining("snapshot");
            }
        }
    }

    /** The first request of a golden file. */
    private static byte[] firstOf(int version) throws IOException {
        byte[] all = golden(version);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(all));
        SnapshotFormat.read(in);
        return Arrays.copyOf(all, all.length - in.available());
    }

    private static RequestSnapshot read(byte[] bytes) throws IOException {
        return SnapshotFormat.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }

    @Test
    void testStateOfMegabytesIsReadAsItWasWritten() throws IOException {
        byte[] state = new byte[7_000_001];
        new Random(1).nextBytes(state);
        SegmentSnapshot active = running().active();
        RequestSnapshot request =
                running()
                        .withActive(
                                new SegmentSnapshot(
                                        active.prompt(),
                                        active.promptFed(),
                                        active.emitted(),
                                        active.limits(),
                                        active.progress(),
                                        active.ids(),
                                        state));
        assertThat(read(bytes(request)).active().state()).isEqualTo(state);
    }

    @Test
    void testSerializerKeepsReferencesAndNeverCopies() {
        RequestSnapshot request = running();
        RequestSnapshotSerializer serializer = new RequestSnapshotSerializer();
        assertThat(serializer.copy(request)).isSameAs(request);
        assertThat(serializer.isImmutableType()).isTrue();
    }
}
