package io.rwkvtts.operator;

import io.rwkvtts.synthesis.SynthesisLoop;

/** Steps that the task thread computes itself, for engines on the CPU: one mail, one step. */
final class InlineSteps implements StepRunner {

    private final SynthesisLoop loop;
    private final Runnable stepped;

    /**
     * @param stepped is called after each step
     */
    InlineSteps(SynthesisLoop loop, Runnable stepped) {
        this.loop = loop;
        this.stepped = stepped;
    }

    @Override
    public void step() {
        loop.step();
        stepped.run();
    }

    @Override
    public boolean running() {
        return false;
    }

    @Override
    public void settle() {}
}
