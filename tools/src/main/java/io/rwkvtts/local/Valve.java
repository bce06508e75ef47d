package io.rwkvtts.local;

/**
 * Lets the threads that move bytes pass, or holds them. Open at first. Safe for several threads.
 */
final class Valve {

    private boolean open = true;

    synchronized void open() {
        open = true;
        notifyAll();
    }

    synchronized void close() {
        open = false;
    }

    /** Returns when the valve is open. */
    synchronized void pass() throws InterruptedException {
        while (!open) {
            wait();
        }
    }
}
