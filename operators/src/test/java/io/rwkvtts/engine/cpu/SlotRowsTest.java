package io.rwkvtts.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlotRowsTest {

    private static final int SLOTS = 9;
    private static final int STATE_BYTES = 5 * Float.BYTES;

    private final StateRows states =
            new StateRows(List.of(new long[] {-1, 2}, new long[] {-1, 3, 1}), SLOTS);
    private final SlotRows rows = new SlotRows(states, SLOTS);

    @Test
    void testStatesFollowTheirSlotsThroughAnyCalls() {
        Random random = new Random(5);
        byte[][] expected = new byte[SLOTS][STATE_BYTES];
        for (int round = 0; round < 2000; round++) {
            List<Integer> all = new ArrayList<>(IntStream.range(0, SLOTS).boxed().toList());
            Collections.shuffle(all, random);
            int count = 1 + random.nextInt(SLOTS);
            int[] slots = all.stream().mapToInt(Integer::intValue).toArray();
            int first = rows.gather(slots, count);
            for (int i = 0; i < count; i++) {
                int slot = slots[i];
                assertThat(rows.rowOf(slot)).isBetween(first, first + count - 1);
                assertThat(states.save(rows.rowOf(slot))).isEqualTo(expected[slot]);
                random.nextBytes(expected[slot]);
                states.load(rows.rowOf(slot), expected[slot]);
            }
            for (int slot = 0; slot < SLOTS; slot++) {
                if (random.nextInt(6) == 0) {
                    rows.setEmpty(slot, true);
                    expected[slot] = new byte[STATE_BYTES];
                }
                if (!rows.isEmpty(slot)) {
                    assertThat(states.save(rows.rowOf(slot))).isEqualTo(expected[slot]);
                }
            }
        }
    }

    @Test
    void testSlotsThatStayTogetherStayInPlace() {
        int[] slots = {7, 2, 4};
        int first = rows.gather(slots, 3);
        int[] placed = IntStream.of(slots).map(rows::rowOf).toArray();
        rows.gather(new int[] {0}, 1);
        rows.gather(new int[] {4, 7}, 2);
        assertThat(rows.gather(new int[] {4, 7, 2}, 3)).isEqualTo(first);
        assertThat(IntStream.of(slots).map(rows::rowOf).sum())
                .isEqualTo(IntStream.of(placed).sum());
    }

    @Test
    void testSingleSlotIsNeverMoved() {
        rows.gather(IntStream.range(0, SLOTS).toArray(), SLOTS);
        for (int slot = 0; slot < SLOTS; slot++) {
            int row = rows.rowOf(slot);
            assertThat(rows.gather(new int[] {slot}, 1)).isEqualTo(row);
        }
    }

    @Test
    void testWindowWithMostOfTheSlotsIsTaken() {
        rows.gather(IntStream.range(0, SLOTS).toArray(), SLOTS);
        int[] slotAt = new int[SLOTS];
        for (int slot = 0; slot < SLOTS; slot++) {
            slotAt[rows.rowOf(slot)] = slot;
        }
        int[] wanted = {slotAt[0], slotAt[4], slotAt[5], slotAt[7]};
        assertThat(rows.gather(wanted, 4)).isEqualTo(4);
        assertThat(rows.rowOf(slotAt[0])).isEqualTo(6);
        assertThat(rows.rowOf(slotAt[6])).isEqualTo(0);
    }
}
