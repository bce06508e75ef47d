package io.rwkvtts.bench;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Rows under headings, in columns as wide as their widest cell: words to the left, all else right.
 */
public final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    /** A table with these columns. */
    public Table(String... headings) {
        rows.add(List.of(headings));
    }

    /**
     * Adds a row.
     *
     * @param cells as many as there are headings; shown as they print
     */
    public void row(Object... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    "%d cells under %d headings".formatted(cells.length, rows.get(0).size()));
        }
        rows.add(Arrays.stream(cells).map(String::valueOf).toList());
    }

    /** A number with that many digits after the point. */
    public static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /** Prints the table. */
    public void print(PrintWriter out) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        boolean[] words = new boolean[columns];
        for (int column = 0; column < columns; column++) {
            int at = column;
            widths[at] = rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0);
            words[at] = rows.size() > 1 && Character.isLetter(rows.get(1).get(at).charAt(0));
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String cell = row.get(column);
                String space = " ".repeat(widths[column] - cell.length());
                line.append(words[column] ? cell + space : space + cell).append("  ");
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }
}
