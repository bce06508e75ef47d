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
        ControlBatch batch = new ControlBatch(List.of(), 7, 0);
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
            assertThatThrownBy(mail::run).hasMessage("a fault");
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
