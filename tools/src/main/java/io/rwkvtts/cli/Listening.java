package io.rwkvtts.cli;

import java.io.PrintWriter;
import java.util.Map;

/** Tells what listens in this process. */
final class Listening {

    private Listening() {}

    /**
     * Prints a line for each.
     *
     * @param addresses what it is and where it listens
     */
    static void print(Map<String, String> addresses, PrintWriter out) {
        addresses.forEach((what, address) -> out.printf("%-13s  %s%n", what, address));
        out.flush();
    }
}
