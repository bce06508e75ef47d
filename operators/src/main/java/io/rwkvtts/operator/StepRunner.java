package io.rwkvtts.operator;

/**
 * Has the loop take a step, on the task thread or beside it, and tells the operator when the step
 * is over. For the task thread.
 */
interface StepRunner {

    /**
     * Takes a step, or begins one; none may be under way.
     *
     * @throws Exception if the engine failed
     */
    void step() throws Exception;

    /** Whether a step is under way. */
    boolean running();

    /**
     * Waits for what is computed just now, and applies it: afterwards requests can be taken
     * snapshots of. The rest of the step comes later.
     *
     * @throws Exception if the engine failed
     */
    void settle() throws Exception;
}
