package io.rwkvtts.engine.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of rows that steps are computed with: a captured graph is for one number, and rows
 * without a slot fill up a batch. They double from 1, and the last is the number of slots.
 */
final class BatchClasses {

    private final int[] rows;

    BatchClasses(int slots) {
        List<Integer> sizes = new ArrayList<>();
        for (long size = 1; size < slots; size *= 2) {
            sizes.add((int) size);
        }
        sizes.add(slots);
        rows = sizes.stream().mapToInt(Integer::intValue).toArray();
    }

    int count() {
        return rows.length;
    }

    /** Rows of each class, ascending. */
    int[] all() {
        return rows.clone();
    }

    /** Rows of a class. */
    int rows(int index) {
        return rows[index];
    }

    /** The smallest class for {@code count} slots, of which there are at most as many as slots. */
    int of(int count) {
        int index = 0;
        while (rows[index] < count) {
            index++;
        }
        return index;
    }
}
