package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ControlReaderTest {

    private final BlockingQueue<ThrowingRunnable<? extends Exception>> mails =
            new LinkedBlockingQueue<>();
    private final BlockingQueue<ControlBatch> taken = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch woken = new CountDownLatch(1);

    private interface Reads {
        ControlBatch next(int number) throws IOException, InterruptedException;
    }

    private ControlReader reader(Reads reads) {
        AtomicInteger count = new AtomicInteger();
        ControlLog log =
                new ControlLog() {
                    @Override
                    public ControlBatch read() throws IOException {
                        try {
                            return reads.next(count.getAndIncrement());
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    }

                    @Override
                    public void wakeup() {
                        woken.countDown();
                    }

                    @Override
                    public void close() {
                        closed.countDown();
                    }
                };
        return new ControlReader(log, new Mailbox(), taken::add, "test");
    }

    private ControlBatch waitForTheEnd() throws IOException, InterruptedException {
        woken.await();
        throw new IOException("woken up");
    }

    @Test
    void testReadsOnAfterAFailureThatMayHeal() throws Exception {
        ControlBatch batch = new ControlBatch(List.of(), new ControlPosition("topic", 7), 0);
        try (ControlReader reader =
                reader(
                        number -> {
                            if (number == 0) {
                                throw new IOException("the broker is away");
                            }
                            return number == 1 ? batch : waitForTheEnd();
                        })) {
            mails.take().run();
            assertThat(taken).containsExactly(batch);
        }
        closed.await();
    }

    @Test
    void testFailsTheTaskForAnythingElse() throws Exception {
        try (ControlReader reader =
                reader(
                        number -> {
                            throw new IllegalStateException("a fault");
                        })) {
            ThrowingRunnable<? extends Exception> mail = mails.take();
            assertThatThrownBy(mail::run).hasMessageEndingWith("a fault");
        }
        closed.await();
    }

    /** Else an error would leave all new requests waiting for ever. */
    @Test
    void testFailsTheTaskForAnError() throws Exception {
        try (ControlReader reader =
                reader(
                        number -> {
                            throw new NoClassDefFoundError("of a client");
                        })) {
            ThrowingRunnable<? extends Exception> mail = mails.take();
            assertThatThrownBy(mail::run).hasRootCauseInstanceOf(NoClassDefFoundError.class);
        }
        closed.await();
    }

    /** A topic full of records does not fill the memory of a task that is at work. */
    @Test
    void testReadsOneBatchAheadOfTheTask() throws Exception {
        BlockingQueue<Integer> begun = new LinkedBlockingQueue<>();
        try (ControlReader reader =
                reader(
                        number -> {
                            begun.add(number);
                            return number < 3
                                    ? new ControlBatch(
                                            List.of(), new ControlPosition("topic", number), 0)
                                    : waitForTheEnd();
                        })) {
            for (int number = 0; number < 3; number++) {
                assertThat(begun.take()).isEqualTo(number);
                ThrowingRunnable<? extends Exception> mail = mails.take();
                assertThat(mails).isEmpty();
                mail.run();
            }
            assertThat(taken)
                    .extracting(batch -> batch.position().offset())
                    .containsExactly(0L, 1L, 2L);
        }
        closed.await();
    }

    private final class Mailbox implements MailboxExecutor {
        @Override
        public void execute(
                MailOptions options,
                ThrowingRunnable<? extends Exception> command,
                String description,
                Object... arguments) {
            mails.add(command);
        }

        @Override
        public void yield() {
            throw new AssertionError();
        }

        @Override
        public boolean tryYield() {
            throw new AssertionError();
        }

        @Override
        public boolean shouldInterrupt() {
            return false;
        }
    }
}
