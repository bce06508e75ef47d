package io.rwkvtts.gateway;

/** The demo's button: fails the process that generates, in the middle of a word. */
@FunctionalInterface
public interface WorkerKill {

    /**
     * Does it, without a last checkpoint. Blocks until a new worker was started.
     *
     * @throws Exception if it cannot be done
     */
    void kill() throws Exception;
}
