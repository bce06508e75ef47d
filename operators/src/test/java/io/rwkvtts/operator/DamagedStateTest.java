package io.rwkvtts.operator;

import static io.rwkvtts.operator.Events.requests;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeOffsets;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A checkpoint whose bytes are not those that were written. */
@Timeout(120)
class DamagedStateTest {

    /** */
    private static final int STRIDE = 7;

    private final List<RequestEvent> events = requests(3);

    @Test
    void testDamageOfARequestOrItsKeyFailsTheRestoreAndChangesNoToken() throws Exception {
        KeyGroupsStateHandle handle = stateInMidGeneration();
        KeyGroupRangeOffsets offsets = handle.getGroupRangeOffsets();
        byte[] intact = ((ByteStreamStateHandle) handle.getDelegateStateHandle()).getData();
        Map<String, List<String>> expected = speechFrom(offsets, intact);
        List<Integer> unnoticed = new ArrayList<>();
        for (RequestEvent event : events) {
            int key = new String(intact, StandardCharsets.ISO_8859_1).indexOf(event.requestId());
            int value = key + event.requestId().length();
            for (int at = key; at < value + snapshotLength(intact, value); at += STRIDE) {
                byte[] damaged = intact.clone();
                damaged[at] ^= 1;
                if (changesSpeech(offsets, damaged, expected)) {
                    unnoticed.add(at);
                }
            }
        }
        assertThat(unnoticed).isEmpty();
    }

    private KeyGroupsStateHandle stateInMidGeneration() throws Exception {
        try (SynthesizeHarness task = SynthesizeHarness.open()) {
            for (RequestEvent event : events) {
                task.process(event);
            }
            task.steps(30);
            return (KeyGroupsStateHandle) task.snapshot().getManagedKeyedState().iterator().next();
        }
    }

    private static int snapshotLength(byte[] state, int from) throws IOException {
        ByteArrayInputStream bytes = new ByteArrayInputStream(state, from, state.length - from);
        int before = bytes.available();
        SnapshotFormat.read(new DataInputStream(bytes));
        return before - bytes.available();
    }

    private static boolean changesSpeech(
            KeyGroupRangeOffsets offsets, byte[] state, Map<String, List<String>> expected) {
        try {
            return !speechFrom(offsets, state).equals(expected);
        } catch (Exception noticed) {
            return false;
        }
    }

    private static Map<String, List<String>> speechFrom(KeyGroupRangeOffsets offsets, byte[] state)
            throws Exception {
        OperatorSubtaskState restored =
                OperatorSubtaskState.builder()
                        .setManagedKeyedState(
                                new KeyGroupsStateHandle(
                                        offsets, new ByteStreamStateHandle("state", state)))
                        .build();
        try (SynthesizeHarness task = new SynthesizeHarness.Builder().restore(restored).open()) {
            task.drain();
            return task.speech();
        }
    }
}
