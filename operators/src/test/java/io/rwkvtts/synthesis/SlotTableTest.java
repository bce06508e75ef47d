package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.scheduling.NanoClock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SlotTableTest {

    private static RunningRequest occupy(SlotTable slots, String id) {
        return slots.occupy(TestLoop.request(id), new LoopClock(NanoClock.SYSTEM), 0);
    }

    @Test
    void testEachRequestHasASlotOfItsOwn() {
        Random random = new Random(3);
        SlotTable slots = new SlotTable(5);
        List<RunningRequest> running = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            if (slots.hasFree() && random.nextBoolean()) {
                running.add(occupy(slots, "r" + i));
            } else if (!running.isEmpty()) {
                RunningRequest leaving = running.remove(random.nextInt(running.size()));
                slots.leave(leaving);
                slots.giveBack(leaving.slot());
            }
            assertThat(slots.running()).containsExactlyElementsOf(running);
            Set<Integer> taken = new HashSet<>();
            for (RunningRequest request : running) {
                assertThat(taken.add(request.slot())).isTrue();
                assertThat(slots.at(request.slot())).isSameAs(request);
                assertThat(slots.find(request.request().id())).isSameAs(request);
            }
            assertThat(slots.hasFree()).isEqualTo(running.size() < slots.capacity());
        }
    }

    @Test
    void testAFreedSlotIsEmpty() {
        SlotTable slots = new SlotTable(1);
        RunningRequest request = occupy(slots, "r");
        assertThat(slots.hasFree()).isFalse();
        assertThatThrownBy(() -> occupy(slots, "other")).isInstanceOf(NoSuchElementException.class);
        slots.leave(request);
        assertThat(slots.hasFree()).isFalse();
        slots.giveBack(request.slot());
        assertThat(slots.at(0)).isNull();
        assertThat(slots.find("r")).isNull();
        assertThat(slots.running()).isEmpty();
        assertThat(occupy(slots, "other").slot()).isZero();
    }

    @Test
    void testTheViewOfRunningRequestsCannotBeWrittenTo() {
        SlotTable slots = new SlotTable(1);
        occupy(slots, "r");
        assertThatThrownBy(() -> slots.running().clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }
}
