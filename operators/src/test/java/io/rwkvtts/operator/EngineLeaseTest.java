package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.engine.ForwardingEngine;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.InferenceException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.util.MockStreamingRuntimeContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which engine a task gets, and when engines are closed. */
@Timeout(60)
class EngineLeaseTest {

    /** What Flink does when a job has no slot left in a process. */
    private final Map<String, Runnable> releaseHooks = new HashMap<>();

    private final StandbyEngines standby = new StandbyEngines();
    private final Engines engines = new Engines("weights");
    private MockEnvironment environment;
    private RuntimeContext task;

    private static final class Engine extends ForwardingEngine {

        private boolean sound = true;
        private boolean failsToClose;
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
            if (failsToClose) {
                throw new InferenceException("planted", new IllegalStateException());
            }
            super.close();
        }
    }

    private static final class Engines implements EngineFactory {

        private final String model;
        private final AtomicInteger opened = new AtomicInteger();
        private final AtomicInteger closed = new AtomicInteger();

        private final CountDownLatch entered = new CountDownLatch(1);
        private CountDownLatch held = new CountDownLatch(0);
        private IOException failure;

        Engines(String model) {
            this.model = model;
        }

        @Override
        public InferenceEngine open(List<Integer> gpus) throws IOException {
            entered.countDown();
            try {
                held.await();
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
            if (failure != null) {
                throw failure;
            }
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

    private EngineLease lease(EngineFactory factory) throws IOException, InterruptedException {
        return EngineLease.open(factory, task, standby);
    }

    private Engine use(EngineFactory factory) throws IOException, InterruptedException {
        try (EngineLease lease = lease(factory)) {
            return (Engine) lease.engine();
        }
    }

    private Engine useInAnotherJob(EngineFactory factory) throws Exception {
        try (MockEnvironment other = new MockEnvironmentBuilder().setJobID(new JobID()).build()) {
            task = taskOf(other);
            return use(factory);
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
        try (EngineLease one = lease(engines);
                EngineLease other = lease(engines)) {
            assertThat(one.engine()).isNotSameAs(other.engine());
        }
    }

    @Test
    void testLeaseThatEndsTwiceLeavesOneEngine() throws Exception {
        EngineLease lease = lease(engines);
        lease.close();
        lease.close();

        try (EngineLease one = lease(engines);
                EngineLease other = lease(engines)) {
            assertThat(one.engine()).isNotSameAs(other.engine());
        }
    }

    @Test
    void testEngineThatFailedIsClosed() throws Exception {
        Engine first;
        try (EngineLease lease = lease(engines)) {
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
        EngineLease lease = lease(new Engines("weights"));
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
    void testEngineThatFailsToCloseLeavesNoOtherOpen() throws Exception {
        Engine bad;
        Engine good;
        try (EngineLease one = lease(engines);
                EngineLease other = lease(engines)) {
            bad = (Engine) other.engine();
            good = (Engine) one.engine();
            bad.failsToClose = true;
        }
        releaseHooks.values().forEach(Runnable::run);

        assertThat(bad.closes).isOne();
        assertThat(good.closes).isOne();
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
        assertThat(useInAnotherJob(engines)).isNotSameAs(first);
        assertThat(first.closes).isZero();
    }

    @Test
    void testFirstTasksTakeWhatWasOpenedAhead() throws Exception {
        standby.openAll(engines, 2, true);
        assertThat(engines.opened).hasValue(2);

        try (EngineLease one = lease(engines);
                EngineLease other = lease(engines)) {
            assertThat(one.engine()).isNotSameAs(other.engine());
        }
        use(engines);
        assertThat(engines.opened).hasValue(2);
    }

    @Test
    void testWhatAJobLeavesStandsByForTheNextOne() throws Exception {
        standby.openAll(engines, 1, true);
        try (EngineLease one = lease(engines);
                EngineLease other = lease(engines)) {
            assertThat(one.engine()).isNotSameAs(other.engine());
        }
        releaseHooks.values().forEach(Runnable::run);
        assertThat(engines.opened).hasValue(2);
        assertThat(engines.closed).hasValue(1);

        useInAnotherJob(engines);
        assertThat(engines.opened).hasValue(2);
    }

    @Test
    void testAnEngineThatComesAfterTheEndOfItsJobStandsBy() throws Exception {
        standby.openAll(engines, 1, true);
        EngineLease lease = lease(engines);
        releaseHooks.values().forEach(Runnable::run);
        lease.close();

        useInAnotherJob(engines);
        assertThat(engines.opened).hasValue(1);
    }

    @Test
    void testWhatAJobLeavesIsClosedIfNoneIsToBeKept() throws Exception {
        standby.openAll(engines, 1, false);
        use(engines);
        releaseHooks.values().forEach(Runnable::run);

        assertThat(engines.opened).hasValue(1);
        assertThat(engines.closed).hasValue(1);
    }

    @Test
    void testNoTaskGetsAnEngineOfAnotherModelThatStandsBy() throws Exception {
        standby.openAll(engines, 1, true);
        Engine first = use(engines);
        releaseHooks.values().forEach(Runnable::run);
        Engines others = new Engines("other weights");
        standby.openAll(others, 1, true);

        assertThat(useInAnotherJob(others)).isNotSameAs(first);
        assertThat(first.closes).isOne();
    }

    @Test
    void testWhatAJobLeavesOfAnotherModelIsClosed() throws Exception {
        standby.openAll(engines, 1, true);
        use(new Engines("other weights"));
        Engine last = use(engines);
        releaseHooks.values().forEach(Runnable::run);

        assertThat(last.closes).isOne();
    }

    /** Its engine and that which is opened ahead would need the memory of two. */
    @Test
    void testTaskWaitsForAnEngineThatIsBeingOpened() throws Exception {
        Engines slow = new Engines("weights");
        slow.held = new CountDownLatch(1);
        Thread opener = start(() -> standby.openAll(slow, 1, true));
        slow.entered.await();
        FutureTask<Engine> use = new FutureTask<>(() -> use(slow));
        Thread starting = new Thread(use);
        starting.start();
        while (starting.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        slow.held.countDown();

        assertThat(use.get(10, TimeUnit.SECONDS).closes).isZero();
        opener.join();
        assertThat(slow.opened).hasValue(1);
    }

    @Test
    void testTaskThatNeedsAnotherEngineDoesNotWait() throws Exception {
        Engines slow = new Engines("other weights");
        slow.held = new CountDownLatch(1);
        Thread opener = start(() -> standby.openAll(slow, 2, true));
        slow.entered.await();

        use(engines);
        slow.held.countDown();
        opener.join();
        assertThat(slow.opened).hasValue(1);
        assertThat(slow.closed).hasValue(1);
    }

    @Test
    void testTaskDoesNotWaitForAnOpenerThatFailed() throws Exception {
        Engines failing = new Engines("weights");
        failing.failure = new IOException("no such file");
        assertThatThrownBy(() -> standby.openAll(failing, 2, true)).isSameAs(failing.failure);

        use(engines);
        assertThat(engines.opened).hasValue(1);
    }

    @Test
    void testNothingIsOpenedAheadOnceThereWasATask() throws Exception {
        use(engines);
        standby.openAll(engines, 1, true);

        assertThat(engines.opened).hasValue(1);
    }

    @Test
    void testWhatWasOpenedAheadForAnotherModelIsClosed() throws Exception {
        Engines others = new Engines("other weights");
        standby.openAll(others, 1, true);

        use(engines);
        assertThat(engines.opened).hasValue(1);
        assertThat(others.closed).hasValue(1);
    }

    @Test
    void testTaskWhoseEngineHasNoIdentityClosesWhatWasOpenedAhead() throws Exception {
        standby.openAll(engines, 1, true);

        use(gpus -> new Engine(new AtomicInteger()));
        assertThat(engines.closed).hasValue(1);
    }

    @Test
    void testNothingIsOpenedAheadWithoutAnIdentity() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        standby.openAll(
                gpus -> {
                    opened.incrementAndGet();
                    return new Engine(new AtomicInteger());
                },
                1,
                true);
        assertThat(opened).hasValue(0);
    }

    private interface Action {
        void run() throws Exception;
    }

    private static Thread start(Action action) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                action.run();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        thread.start();
        return thread;
    }
}
