package io.rwkvtts.synthesis;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which request holds which slot of the engine.
 *
 * <p>For the thread of the {@link SynthesisLoop}. Reading it allocates nothing.
 */
final class SlotTable {
    private final RunningRequest[] bySlot;
    private final Map<String, RunningRequest> byId = new LinkedHashMap<>();
    private final Collection<RunningRequest> running =
            Collections.unmodifiableCollection(byId.values());
    private final ArrayDeque<Integer> free = new ArrayDeque<>();

    SlotTable(int slots) {
        bySlot = new RunningRequest[slots];
        for (int slot = 0; slot < slots; slot++) {
            free.add(slot);
        }
    }

    /** Number of slots, free or not. */
    int capacity() {
        return bySlot.length;
    }

    boolean hasFree() {
        return !free.isEmpty();
    }

    /** The requests that hold a slot, in the order of their admission; a live view. */
    Collection<RunningRequest> running() {
        return running;
    }

    /** The request with this id if it holds a slot, else null. */
    RunningRequest find(String id) {
        return byId.get(id);
    }

    /** The request in a slot, null if it is free. */
    RunningRequest at(int slot) {
        return bySlot[slot];
    }

    /**
     * Gives a request a free slot; there must be one.
     *
     * @param sinceNanos when its wait for the slot began, by {@code loop}
     */
    RunningRequest occupy(SpeechRequest request, LoopClock loop, long sinceNanos) {
        int slot = free.remove();
        RunningRequest occupant = new RunningRequest(request, slot, loop, sinceNanos);
        bySlot[slot] = occupant;
        byId.put(request.id(), occupant);
        return occupant;
    }

    /** Takes a request out of its slot, which stays occupied by nobody until it is given back. */
    void leave(RunningRequest occupant) {
        byId.remove(occupant.request().id());
        bySlot[occupant.slot()] = null;
    }

    /** Makes a slot that was left free for the next request. */
    void giveBack(int slot) {
        free.add(slot);
    }
}
