package io.rwkvtts.engine.cuda;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps of each batch class, with tensors that are always the same. Must be made while all slots
 * are empty: capturing computes more than once, here for rows without a slot.
 */
final class StepRuns implements AutoCloseable {

    private record Step(CallTensors tensors, RunOptions options) {}

    private final CudaSession session;
    private final CallMemory memory;
    private final BatchClasses classes;
    private final List<Step> steps = new ArrayList<>();

    /**
     * @param memory for as many rows and tokens as there are slots
     */
    StepRuns(CudaSession session, SlotStates states, CallMemory memory, BatchClasses classes)
            throws OrtException {
        this.session = session;
        this.memory = memory;
        this.classes = classes;
        try {
            for (int i = 0; i < classes.count(); i++) {
                int rows = classes.rows(i);
                CallTensors tensors = memory.tensors(states.tensor(), rows, 1);
                steps.add(new Step(tensors, session.captured(i)));
                memory.putStep(new int[0], new int[0], 0, rows);
                run(i);
            }
        } catch (OrtException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Feeds one token to each of {@code count} slots, as that row of the batch. */
    void run(int[] slots, int[] tokens, int count) {
        int index = classes.of(count);
        memory.putStep(slots, tokens, count, classes.rows(index));
        run(index);
    }

    private void run(int index) {
        Step step = steps.get(index);
        session.run(step.tensors, step.options);
    }

    @Override
    public void close() {
        for (Step step : steps) {
            step.tensors.close();
            step.options.close();
        }
    }
}
