package io.rwkvtts.operator;

import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The control topic as far as a subtask has read it, in Flink's broadcast state: every subtask
 * writes it, and after a restore every subtask has one, at whatever parallelism.
 *
 * <p>Owns: the state handle. Lifecycle: as long as the operator's state backend. For the task
 * thread.
 */
final class SwitchState {

    /** Both names are in savepoints and never change. */
    private static final String NAME = "switches";

    private static final String TABLE = "table";
    private static final String POSITION = "position";

    private final BroadcastState<String, String> state;

    SwitchState(OperatorStateStore states) throws Exception {
        state =
                states.getBroadcastState(
                        new MapStateDescriptor<>(NAME, Types.STRING, Types.STRING));
    }

    /** The values that were read. */
    SwitchTable table() throws Exception {
        String table = state.get(TABLE);
        return table == null ? SwitchTable.EMPTY : SwitchJson.readAll(table);
    }

    /** The offset to read on from, 0 at first. */
    long position() throws Exception {
        String position = state.get(POSITION);
        return position == null ? 0 : Long.parseLong(position);
    }

    void save(SwitchTable table, long position) throws Exception {
        state.put(TABLE, SwitchJson.writeAll(table));
        state.put(POSITION, Long.toString(position));
    }
}
