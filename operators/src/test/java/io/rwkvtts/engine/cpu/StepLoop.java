package io.rwkvtts.engine.cpu;

import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.model.ModelDirectory;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Steps without a pause and prints a line for each step, until it is killed or has done the steps
 * asked for. Arguments: model directory, number of steps.
 */
final class StepLoop {

    static final int SLOTS = 16;

    private StepLoop() {}

    public static void main(String[] arguments) throws Exception {
        ModelDirectory model = ModelDirectory.open(Path.of(arguments[0]));
        int steps = Integer.parseInt(arguments[1]);
        int[] slots = IntStream.range(0, SLOTS).toArray();
        try (CpuEngine engine = CpuEngine.open(model, new EngineOptions(SLOTS, 2, false, false))) {
            for (int step = 0; step < steps; step++) {
                engine.step(slots, slots, SLOTS);
                System.out.println("stepped");
            }
        }
    }
}
