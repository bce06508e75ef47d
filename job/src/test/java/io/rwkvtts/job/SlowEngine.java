package io.rwkvtts.job;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.operator.EngineFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;

/** An engine with the steps of a large model on a small machine. */
final class SlowEngine {

    private SlowEngine() {}

    /** Engines whose every step takes this much longer. */
    static EngineFactory around(EngineFactory engines, Duration delay) {
        return () -> {
            InferenceEngine engine = engines.open();
            return (InferenceEngine)
                    Proxy.newProxyInstance(
                            InferenceEngine.class.getClassLoader(),
                            new Class<?>[] {InferenceEngine.class},
                            (proxy, method, arguments) -> {
                                if (method.getName().equals("step")) {
                                    Thread.sleep(delay.toMillis());
                                }
                                try {
                                    return method.invoke(engine, arguments);
                                } catch (InvocationTargetException e) {
                                    throw e.getCause();
                                }
                            });
        };
    }
}
