package io.rwkvtts.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.ScriptedEngine;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SelfTestsTest {

    private static final EngineModel MODEL = ScriptedEngine.model(4_001, 4_001);

    private final AtomicInteger runs = new AtomicInteger();

    private static EngineOptions slots(int slots) {
        return new EngineOptions(slots, 1, false, true);
    }

    @Test
    void testRunsOnceForAModelAndItsOptions() {
        SelfTests.runOnce(MODEL, slots(1_001), runs::incrementAndGet);
        SelfTests.runOnce(MODEL, slots(1_001), runs::incrementAndGet);
        assertThat(runs).hasValue(1);
        SelfTests.runOnce(MODEL, slots(1_002), runs::incrementAndGet);
        assertThat(runs).hasValue(2);
    }

    @Test
    void testRunsAgainIfItFailed() {
        assertThatThrownBy(
                        () ->
                                SelfTests.runOnce(
                                        MODEL,
                                        slots(1_003),
                                        () -> {
                                            throw new IllegalStateException("the engine failed");
                                        }))
                .hasMessage("the engine failed");
        SelfTests.runOnce(MODEL, slots(1_003), runs::incrementAndGet);
        assertThat(runs).hasValue(1);
    }
}
