package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SerialTasksTest {

    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @Test
    void testTasksRunInTheirOrderAndNeverTwoAtOnce() throws Exception {
        SerialTasks tasks = new SerialTasks(threads);
        List<Integer> order = new ArrayList<>();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1000);
        for (int i = 0; i < 1000; i++) {
            int number = i;
            tasks.execute(
                    () -> {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        order.add(number);
                        running.decrementAndGet();
                        done.countDown();
                    });
        }
        done.await();
        assertThat(most).hasValue(1);
        assertThat(order).hasSize(1000).isSorted();
    }

    @Test
    void testTwoSeriesDoNotWaitForEachOther() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch first = new CountDownLatch(1);
        new SerialTasks(threads)
                .execute(
                        () -> {
                            try {
                                second.await();
                                first.countDown();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        new SerialTasks(threads).execute(second::countDown);
        assertThat(first.await(50, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void testTasksAreDroppedWhenTheThreadsHaveEnded() {
        threads.shutdownNow();
        SerialTasks tasks = new SerialTasks(threads);
        tasks.execute(() -> {});
        tasks.execute(
                () -> {
                    throw new AssertionError("run after the end");
                });
    }
}
