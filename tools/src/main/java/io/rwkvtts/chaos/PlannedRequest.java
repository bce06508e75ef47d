package io.rwkvtts.chaos;

import io.rwkvtts.schema.TextEvent;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * A request of a {@link Workload}.
 *
 * @param id its id
 * @param events its text events in their order, without a deadline
 * @param pause between two events
 * @param cancelAfter number of chunks after which it is cancelled
 * @param deadline time from sending to its deadline, null for none
 */
record PlannedRequest(
        String id,
        List<TextEvent> events,
        Duration pause,
        OptionalInt cancelAfter,
        Duration deadline) {

    /** The same, but neither cancelled nor with a deadline. */
    PlannedRequest uninterrupted() {
        return new PlannedRequest(id, events, pause, OptionalInt.empty(), null);
    }
}
