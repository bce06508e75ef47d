package io.rwkvtts.operator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Requests that ended as {@code expired} or {@code overloaded} and whose terminal record waits for
 * a checkpoint.
 *
 * <p>These two ends follow from what one process has seen: how long nothing came, how full its
 * queue was. A process that was paused and replaced meanwhile, a zombie, sees something else than
 * the one that took over. If it could write what it concludes, it would end requests in the middle
 * of their speech. The other ends do no harm: {@code stop} and {@code length} follow from the
 * tokens, {@code cancelled} and {@code error} from an event that both read, {@code deadline} from
 * an instant that is the same for both.
 *
 * <p>So such an end is written in three steps:
 *
 * <ol>
 *   <li>It falls due. A request that expires may still be continued by an event that comes now; one
 *       that was turned away may not.
 *   <li>The next snapshot of this task <em>seals</em> it: the end, and the sequence number where it
 *       stands, are in the state, and no event of the request is taken in any more.
 *   <li>When that checkpoint or a later one has completed, the end is <em>confirmed</em> and its
 *       record is written.
 * </ol>
 *
 * <p>Why this keeps zombies out: a checkpoint completes only if its coordinator still counts on
 * this very attempt of the task, and whatever runs after it starts from it or from a later one.
 * There the end is sealed, so nothing else is ever written of the request, and a restore writes the
 * same record again. An attempt that was given up completes no further checkpoint. Whether the
 * checkpoint was triggered before or after the end fell due does not matter; that the snapshot was
 * taken after it does. A checkpoint that is aborted confirms nothing; the next one that completes
 * does, since a sealed end is in every later snapshot.
 *
 * <p>Owns: which ends wait, and for which checkpoint; the requests themselves lie in keyed state.
 * It holds at most {@link #MOST} that were turned away; those that expired are no more than may be
 * open. Lifecycle: made in {@code open}. For the task thread.
 */
final class PendingEnds {

    /**
     * Most requests that were turned away and wait, some 360 bytes of heap each. Beyond, which
     * takes that many between two checkpoints, ends are written at once: the alternatives are to
     * fill the heap, or to hold input until a checkpoint completes whose barrier waits in that
     * input.
     */
    static final int MOST = 100_000;

    private final TreeMap<Long, Set<String>> sealed = new TreeMap<>();
    private final ArrayDeque<String> confirmed = new ArrayDeque<>();
    private final Set<String> closed = new HashSet<>();
    private Set<String> due = new LinkedHashSet<>();

    /** A request expires unless an event of it comes before the next snapshot. */
    void expires(String id) {
        due.add(id);
    }

    /** A request was turned away: its end stands in the state, and it takes no further event. */
    void turnedAway(String id) {
        due.add(id);
        closed.add(id);
    }

    /** A request was continued, or ended otherwise, before a snapshot was taken. */
    void forget(String id) {
        due.remove(id);
    }

    /** Whether a request takes no further event, although its end is not written yet. */
    boolean isClosed(String id) {
        return closed.contains(id);
    }

    /** Whether no more that are turned away may wait. */
    boolean isFull() {
        return closed.size() >= MOST;
    }

    /** Number of requests whose end is due and not written. */
    int size() {
        return due.size() + confirmed.size() + sealed.values().stream().mapToInt(Set::size).sum();
    }

    /**
     * A snapshot is being taken: what has fallen due is final from now on.
     *
     * @return the requests that expire; their ends are to be put into the state for this snapshot
     */
    List<String> seal(long checkpointId) {
        List<String> expired = new ArrayList<>();
        for (String id : due) {
            if (closed.add(id)) {
                expired.add(id);
            }
        }
        if (!due.isEmpty()) {
            sealed.computeIfAbsent(checkpointId, id -> new LinkedHashSet<>()).addAll(due);
            due = new LinkedHashSet<>();
        }
        return expired;
    }

    /** A checkpoint has completed: the ends that it and earlier ones hold may be written. */
    void confirm(long checkpointId) {
        var held = sealed.headMap(checkpointId, true);
        held.values().forEach(confirmed::addAll);
        held.clear();
    }

    /** A restore found a sealed end: the checkpoint that holds it has completed. */
    void restored(String id) {
        closed.add(id);
        confirmed.add(id);
    }

    /** Whether an end may be written. */
    boolean hasConfirmed() {
        return !confirmed.isEmpty();
    }

    /** Takes out a request whose end is to be written now; there must be one. */
    String nextConfirmed() {
        String id = confirmed.remove();
        closed.remove(id);
        return id;
    }
}
