package io.rwkvtts.engine.cpu;

/**
 * Which row of the state buffers each slot has. A call of the model takes neighbouring rows, so the
 * slots of a call are moved together; slots that are called together again and again stay where
 * they are and cost nothing.
 *
 * <p>The state of an empty slot is nowhere: its row may hold anything until it is used.
 */
final class SlotRows {

    private final StateRows states;
    private final int[] rowOf;
    private final int[] slotAt;
    private final boolean[] empty;
    private final boolean[] wanted;

    SlotRows(StateRows states, int slots) {
        this.states = states;
        rowOf = new int[slots];
        slotAt = new int[slots];
        empty = new boolean[slots];
        wanted = new boolean[slots];
        for (int i = 0; i < slots; i++) {
            rowOf[i] = i;
            slotAt[i] = i;
            empty[i] = true;
        }
    }

    int rowOf(int slot) {
        return rowOf[slot];
    }

    boolean isEmpty(int slot) {
        return empty[rowOf[slot]];
    }

    void setEmpty(int slot, boolean value) {
        empty[rowOf[slot]] = value;
    }

    /**
     * Brings the first {@code count} of {@code slots} into neighbouring rows, in any order, and
     * makes the states of empty ones zeros.
     *
     * @return the first of the rows
     */
    int gather(int[] slots, int count) {
        for (int i = 0; i < count; i++) {
            wanted[rowOf[slots[i]]] = true;
        }
        int first = cheapestWindow(count);
        moveInto(first, count);
        for (int i = 0; i < count; i++) {
            int row = first + i;
            wanted[row] = false;
            if (empty[row]) {
                states.zero(row);
                empty[row] = false;
            }
        }
        return first;
    }

    /** The rows to gather in: those with most wanted and fewest other states in them. */
    private int cheapestWindow(int count) {
        int cost = 0;
        int cheapest = 0;
        int least = Integer.MAX_VALUE;
        for (int end = 0; end < rowOf.length; end++) {
            cost += cost(end);
            if (end >= count) {
                cost -= cost(end - count);
            }
            if (end >= count - 1 && cost < least) {
                least = cost;
                cheapest = end - count + 1;
            }
        }
        return cheapest;
    }

    private int cost(int row) {
        if (empty[row]) {
            return 0;
        }
        return wanted[row] ? -1 : 1;
    }

    private void moveInto(int first, int count) {
        int hole = first;
        for (int row = 0; row < rowOf.length; row++) {
            boolean inside = row >= first && row < first + count;
            if (wanted[row] && !inside) {
                while (wanted[hole]) {
                    hole++;
                }
                exchange(row, hole);
                wanted[row] = false;
                wanted[hole] = true;
            }
        }
    }

    private void exchange(int one, int other) {
        if (!empty[one] && !empty[other]) {
            states.swap(one, other);
        } else if (!empty[one]) {
            states.copy(one, other);
        } else if (!empty[other]) {
            states.copy(other, one);
        }
        boolean emptyOne = empty[one];
        empty[one] = empty[other];
        empty[other] = emptyOne;
        int slot = slotAt[one];
        place(slotAt[other], one);
        place(slot, other);
    }

    private void place(int slot, int row) {
        slotAt[row] = slot;
        rowOf[slot] = row;
    }
}
