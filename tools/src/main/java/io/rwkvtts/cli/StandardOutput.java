package io.rwkvtts.cli;

import java.io.PrintWriter;

/** Where a command prints. */
final class StandardOutput {

    private StandardOutput() {}

    /**
     * Flushes, and tells whether nobody reads any more, as after {@code | head -1}: what prints in
     * a loop ends then. Java hides the failed write behind both.
     */
    static boolean isClosed(PrintWriter out) {
        return out.checkError() || System.out.checkError();
    }
}
