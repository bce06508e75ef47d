package io.rwkvtts.synthesis;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.InferenceEngine;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Moves recurrent states between the engine's slots and the requests in them: in after a restore or
 * a known prefix, out for a snapshot. Those of several slots go in one call.
 *
 * <p>For the thread of the {@link SynthesisLoop}, but for {@link #load}.
 */
final class SlotStates {
    private final InferenceEngine engine;
    private final SlotTable slots;
    private int[] loaded = {};
    private byte[][] states = {};

    SlotStates(InferenceEngine engine, SlotTable slots) {
        this.engine = engine;
        this.slots = slots;
    }

    /** Takes from the segments the states that they wait for, for the next {@link #load}. */
    void take() {
        int count = 0;
        for (int slot = 0; slot < slots.capacity(); slot++) {
            count += awaitsState(slot) ? 1 : 0;
        }
        if (count == 0) {
            return;
        }
        loaded = new int[count];
        states = new byte[count][];
        for (int slot = 0; slot < slots.capacity(); slot++) {
            if (awaitsState(slot)) {
                count--;
                loaded[count] = slot;
                states[count] = slots.at(slot).active().takeStateToLoad();
            }
        }
    }

    /** Gives the slots the states that were taken. By the thread that computes. */
    void load() {
        if (loaded.length > 0) {
            engine.loadStates(loaded, states);
            loaded = new int[0];
            states = new byte[0][];
        }
    }

    private boolean awaitsState(int slot) {
        RunningRequest occupant = slots.at(slot);
        return occupant != null && occupant.active().stateToLoad() != null;
    }

    /**
     * Snapshots of all requests that hold a slot, in the order of their admission.
     *
     * @param withState whether to take the bits of the states along
     */
    List<RequestSnapshot> snapshots(boolean withState) {
        EngineModel model = engine.model();
        Map<RunningRequest, byte[]> states = withState ? save() : Map.of();
        List<RequestSnapshot> snapshots = new ArrayList<>(slots.running().size());
        for (RunningRequest occupant : slots.running()) {
            snapshots.add(occupant.snapshot(model, states.get(occupant)));
        }
        return snapshots;
    }

    /** The states from which requests continue: those not loaded yet, and the engine's. */
    private Map<RunningRequest, byte[]> save() {
        Map<RunningRequest, byte[]> states = new IdentityHashMap<>();
        List<RunningRequest> inEngine = new ArrayList<>();
        for (RunningRequest occupant : slots.running()) {
            ActiveSegment active = occupant.active();
            if (active.resumable()) {
                if (active.stateToLoad() == null) {
                    inEngine.add(occupant);
                } else {
                    states.put(occupant, active.stateToLoad());
                }
            }
        }
        byte[][] saved =
                engine.saveStates(inEngine.stream().mapToInt(RunningRequest::slot).toArray());
        for (int i = 0; i < saved.length; i++) {
            states.put(inEngine.get(i), saved[i]);
        }
        return states;
    }
}
