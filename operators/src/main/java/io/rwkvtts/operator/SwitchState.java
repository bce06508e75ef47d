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

    /** These names are in savepoints and never change. */
    private static final String NAME = "switches";

    private static final String TABLE = "table";
    private static final String TOPIC = "topic";
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

    /** How far the topic was read. */
    ControlPosition position() throws Exception {
        String topic = state.get(TOPIC);
        return topic == null
                ? ControlPosition.START
                : new ControlPosition(topic, Long.parseLong(state.get(POSITION)));
    }

    void save(SwitchTable table, ControlPosition position) throws Exception {
        state.put(TABLE, SwitchJson.writeAll(table));
        state.put(TOPIC, position.topic());
        state.put(POSITION, Long.toString(position.offset()));
    }
}
