package io.rwkvtts.engine.cpu;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.EngineOptions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The self-tests of this process. What one finds is a matter of the machine, the model and the
 * options, so an engine that a failover opens again need not be tested again: the test takes about
 * as long as loading the model. For any thread.
 */
final class SelfTests {

    private static final Set<List<Object>> DONE = ConcurrentHashMap.newKeySet();

    private SelfTests() {}

    /**
     * Runs a test, unless one of the same model and options has been run to its end.
     *
     * @param test tells itself what it finds
     */
    static void runOnce(EngineModel model, EngineOptions options, Runnable test) {
        List<Object> tested = List.of(model.weightsId(), model.numericsId(), options);
        if (!DONE.contains(tested)) {
            test.run();
            DONE.add(tested);
        }
    }
}
