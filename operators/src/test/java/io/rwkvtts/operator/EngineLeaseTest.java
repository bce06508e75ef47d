package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.engine.ForwardingEngine;
import io.rwkvtts.engine.InferenceEngine;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.util.MockStreamingRuntimeContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which engine a task gets, and when engines are closed. */
class EngineLeaseTest {

    /** What Flink does when a job has no slot left in a process. */
    private final Map<String, Runnable> releaseHooks = new HashMap<>();

    private final Engines engines = new Engines("weights");
    private MockEnvironment environment;
    private RuntimeContext task;

    private static final class Engine extends ForwardingEngine {

        private boolean sound = true;
        private int resets;
        private int closes;
        private final AtomicInteger closed;

        Engine(AtomicInteger closed) {
            super(SynthesizeHarness.scripted(1));
            this.closed = closed;
        }

        @Override
        public boolean reset() {
            resets++;
            return sound;
        }

        @Override
        public void close() {
            closes++;
            closed.incrementAndGet();
            super.close();
        }
    }

    private static final class Engines implements EngineFactory {

        private final String model;
        private final AtomicInteger opened = new AtomicInteger();
        private final AtomicInteger closed = new AtomicInteger();

        Engines(String model) {
            this.model = model;
        }

        @Override
        public InferenceEngine open(List<Integer> gpus) {
            opened.incrementAndGet();
            return new Engine(closed);
        }

        @Override
        public Optional<Object> identity() {
            return Optional.of(model);
        }
    }

    @BeforeEach
    void startJob() {
        environment = new MockEnvironmentBuilder().setJobID(new JobID()).build();
        task = taskOf(environment);
    }

    @AfterEach
    void endJob() throws Exception {
        releaseHooks.values().forEach(Runnable::run);
        environment.close();
    }

    private RuntimeContext taskOf(MockEnvironment job) {
        return new MockStreamingRuntimeContext(1, 0, job) {
            @Override
            public void registerUserCodeClassLoaderReleaseHookIfAbsent(String name, Runnable hook) {
                releaseHooks.putIfAbsent(name + job.getJobID(), hook);
            }
        };
    }

    private Engine use(EngineFactory factory) throws IOException {
        try (EngineLease lease = EngineLease.open(factory, task)) {
            return (Engine) lease.engine();
        }
    }

    @Test
    void testTaskTakesTheEngineThatAnEarlierOneLeft() throws Exception {
        Engine first = use(engines);

        assertThat(use(new Engines("weights"))).isSameAs(first);
        assertThat(first.closes).isZero();
        assertThat(first.resets).isEqualTo(2);
    }

    @Test
    void testEachOfTwoTasksHasAnEngine() throws Exception {
        try (EngineLease one = EngineLease.open(engines, task);
                EngineLease other = EngineLease.open(engines, task)) {
            assertThat(one.engine()).isNotSameAs(other.engine());
        }
    }

    @Test
    void testLeaseThatEndsTwiceLeavesOneEngine() throws Exception {
        EngineLease lease = EngineLease.open(engines, task);
        lease.close();
        lease.close();

        try (EngineLease one = EngineLease.open(engines, task);
                EngineLease other = EngineLease.open(engines, task)) {
            assertThat(one.engine()).isNotSameAs(other.engine());
        }
    }

    @Test
    void testEngineThatFailedIsClosed() throws Exception {
        Engine first;
        try (EngineLease lease = EngineLease.open(engines, task)) {
            first = (Engine) lease.engine();
            first.sound = false;
        }

        assertThat(first.closes).isOne();
        assertThat(use(engines)).isNotSameAs(first);
    }

    @Test
    void testEngineOfAnotherModelIsClosed() throws Exception {
        Engine first = use(engines);
        Engine second = use(new Engines("other weights"));

        assertThat(second).isNotSameAs(first);
        assertThat(first.closes).isOne();
        assertThat(second.closes).isZero();
    }

    @Test
    void testEnginesAreClosedWhenTheJobHasNoSlotLeft() throws Exception {
        Engine idle = use(engines);
        EngineLease lease = EngineLease.open(new Engines("weights"), task);
        Engine used = (Engine) lease.engine();
        assertThat(used).isSameAs(idle);
        Engine another = use(engines);
        releaseHooks.values().forEach(Runnable::run);

        assertThat(another.closes).isOne();
        assertThat(used.closes).isZero();
        lease.close();
        assertThat(used.closes).isOne();
    }

    @Test
    void testFactoryWithoutAnIdentityOpensOneForEachTask() throws Exception {
        EngineFactory plain = gpus -> new Engine(new AtomicInteger());
        Engine first = use(plain);

        assertThat(first.closes).isOne();
        assertThat(use(plain)).isNotSameAs(first);
    }

    @Test
    void testEngineOfAnotherJobStaysWhereItIs() throws Exception {
        Engine first = use(engines);
        try (MockEnvironment other = new MockEnvironmentBuilder().setJobID(new JobID()).build()) {
            task = taskOf(other);
            assertThat(use(engines)).isNotSameAs(first);
        }
        assertThat(first.closes).isZero();
    }

    @Test
    void testFirstTasksTakeWhatWasOpenedAhead() throws Exception {
        IdleEngines.openStandby(engines, 2);
        int opened = engines.opened.get();

        try (EngineLease one = EngineLease.open(engines, task);
                EngineLease other = EngineLease.open(engines, task)) {
            assertThat(one.engine()).isNotSameAs(other.engine());
            assertThat(opened).isEqualTo(2);
            assertThat(engines.opened).hasValue(2);
        }
        use(engines);
        assertThat(engines.opened).hasValue(2);
    }

    @Test
    void testWhatWasOpenedAheadForAnotherModelIsClosed() throws Exception {
        Engines others = new Engines("other weights");
        IdleEngines.openStandby(others, 1);

        use(engines);
        assertThat(engines.opened).hasValue(1);
        assertThat(others.closed).hasValue(1);
    }

    @Test
    void testNothingIsOpenedAheadWithoutAnIdentity() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        IdleEngines.openStandby(
                gpus -> {
                    opened.incrementAndGet();
                    return new Engine(new AtomicInteger());
                },
                1);
        assertThat(opened).hasValue(0);
    }
}
