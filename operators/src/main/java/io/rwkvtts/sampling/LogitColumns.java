package io.rwkvtts.sampling;

import java.util.Arrays;

/**
 * A copy of some logits, seen as a table of {@value #ROWS} rows, and the largest logit of each of
 * its columns. These few show which logits can be among the largest k without a look at the others.
 *
 * <p>Id {@code row · columns + column} stands in that row and column; after the last id the table
 * is filled with minus infinity.
 */
final class LogitColumns {

    private static final int ROWS = 16;

    /** Whole vectors of any processor. */
    private static final int COLUMN_MULTIPLE = 16;

    private final float[] table;
    private final float[] upper;
    private final float[] halves;
    private final float[] quarters;
    private final float[] eighths;
    private final float[] maxima;
    private final int[] found;
    private int columns;
    private int length;
    private float max;

    LogitColumns(int maxLogits) {
        int mostColumns = columnsFor(maxLogits);
        table = new float[ROWS * mostColumns];
        upper = new float[ROWS / 2 * mostColumns];
        halves = new float[ROWS / 2 * mostColumns];
        quarters = new float[ROWS / 4 * mostColumns];
        eighths = new float[ROWS / 8 * mostColumns];
        maxima = new float[mostColumns];
        found = new int[mostColumns];
    }

    /** Size of the table for that many logits. */
    static int sizeFor(int length) {
        return ROWS * columnsFor(length);
    }

    private static int columnsFor(int length) {
        int needed = (length + ROWS - 1) / ROWS;
        return (needed + COLUMN_MULTIPLE - 1) / COLUMN_MULTIPLE * COLUMN_MULTIPLE;
    }

    /**
     * Takes over the first {@code length} logits, the forbidden one as minus infinity.
     *
     * @param forbidden id in [0, length), or another number for none
     */
    void set(float[] logits, int length, int forbidden) {
        this.length = length;
        columns = columnsFor(length);
        System.arraycopy(logits, 0, table, 0, length);
        Arrays.fill(table, length, size(), Float.NEGATIVE_INFINITY);
        if (forbidden >= 0 && forbidden < length) {
            table[forbidden] = Float.NEGATIVE_INFINITY;
        }
        foldMaxima(table, 8 * columns, halves);
        foldMaxima(halves, 4 * columns, quarters);
        foldMaxima(quarters, 2 * columns, eighths);
        foldMaxima(eighths, columns, maxima);
        max = largest(maxima, columns);
    }

    /**
     * The larger ones of the first and second {@code half} of some values. The second is copied
     * first since the compiler turns only loops over equal indices into vector instructions.
     */
    private void foldMaxima(float[] values, int half, float[] larger) {
        float[] second = upper;
        System.arraycopy(values, half, second, 0, half);
        for (int i = 0; i < half; i++) {
            larger[i] = Math.max(values[i], second[i]);
        }
    }

    private static float largest(float[] values, int count) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, values[i]);
        }
        return largest;
    }

    /** The largest logit; NaN if one of them is NaN. */
    float max() {
        return max;
    }

    /** The logits by id, not to be written to; minus infinity from the last id to {@link #size}. */
    float[] table() {
        return table;
    }

    /** The largest logit of each column, not to be written to. */
    float[] maxima() {
        return maxima;
    }

    /** Number of logits. */
    int length() {
        return length;
    }

    /** Size of the table, a multiple of 256. */
    int size() {
        return columns * ROWS;
    }

    int columns() {
        return columns;
    }

    /**
     * A bound, at least {@code least}, that {@code rank} logits reach, not many more than that if
     * they differ; {@code least} if fewer reach that.
     *
     * @param rank from 1 to the number of columns
     */
    float rankBound(int rank, float least) {
        int enough = rank + rank / 4;
        float low = least;
        float high = max;
        int reached = columnsFrom(low);
        while (reached > enough) {
            float middle = low + (high - low) / 2;
            if (middle <= low || middle >= high) {
                break;
            }
            int reachMiddle = columnsFrom(middle);
            if (reachMiddle >= rank) {
                low = middle;
                reached = reachMiddle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int columnsFrom(float bound) {
        int count = 0;
        for (int column = 0; column < columns; column++) {
            count += maxima[column] >= bound ? 1 : 0;
        }
        return count;
    }

    /** Writes the ids of the logits that reach {@code bound}, ascending; returns their number. */
    int idsFrom(float bound, int[] ids) {
        int columnsFound = 0;
        for (int column = 0; column < columns; column++) {
            if (maxima[column] >= bound) {
                found[columnsFound++] = column;
            }
        }
        int count = 0;
        for (int row = 0; row < size(); row += columns) {
            for (int i = 0; i < columnsFound; i++) {
                int id = row + found[i];
                if (table[id] >= bound) {
                    ids[count++] = id;
                }
            }
        }
        return count;
    }
}
