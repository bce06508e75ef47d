package io.rwkvtts.gateway;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Runs tasks one after the other, in their order, on the threads of an executor. */
final class SerialTasks implements Executor {

    private final Executor threads;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    SerialTasks(Executor threads) {
        this.threads = threads;
    }

    /** Takes a task, which must not throw. May be called by any thread. */
    @Override
    public synchronized void execute(Runnable task) {
        tasks.add(task);
        if (!running) {
            running = true;
            start();
        }
    }

    private void start() {
        try {
            threads.execute(this::runNext);
        } catch (RejectedExecutionException closing) {
            tasks.clear();
        }
    }

    private void runNext() {
        Runnable task;
        synchronized (this) {
            task = tasks.remove();
        }
        try {
            task.run();
        } finally {
            synchronized (this) {
                running = !tasks.isEmpty();
                if (running) {
                    start();
                }
            }
        }
    }
}
