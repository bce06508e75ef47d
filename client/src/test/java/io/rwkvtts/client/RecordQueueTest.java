package io.rwkvtts.client;

import static io.rwkvtts.client.TokenRecords.chunk;
import static io.rwkvtts.client.TokenRecords.end;
import static io.rwkvtts.client.TokenRecords.received;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class RecordQueueTest {

    private final RecordQueue queue = new RecordQueue(2);

    @Test
    void testRecordsAreTakenInOrderUntilTheEnd() throws Exception {
        queue.received(received(chunk("a", 0)));
        queue.received(received(end("a", 1)));

        assertThat(queue.take().tokens().getSequence()).isZero();
        assertThat(queue.take().end()).isTrue();
        assertThat(queue.take()).isNull();
        assertThat(queue.poll(Duration.ofDays(1))).isNull();
    }

    @Test
    void testASlowReaderIsTurnedAwayAndGetsWhatWasKept() throws Exception {
        queue.received(received(chunk("a", 0)));
        queue.received(received(chunk("a", 1)));
        assertThatExceptionOfType(SpeechException.class)
                .isThrownBy(() -> queue.received(received(chunk("a", 2))))
                .withMessage(
                        "request a is read too slowly: 3 records wait, at most 2 may. Read faster,"
                                + " or raise bufferedRecords of SpeechSettings")
                .satisfies(queue::failed);

        assertThat(queue.take().tokens().getSequence()).isZero();
        assertThat(queue.take().tokens().getSequence()).isOne();
        assertThatExceptionOfType(SpeechException.class).isThrownBy(queue::take);
    }

    @Test
    void testTheEndHasRoomInAFullQueue() throws Exception {
        queue.received(received(chunk("a", 0)));
        queue.received(received(chunk("a", 1)));
        queue.received(received(end("a", 2)));

        queue.take();
        queue.take();
        assertThat(queue.take().end()).isTrue();
    }

    @Test
    void testNothingIsReturnedWhenNothingComesInTime() throws Exception {
        assertThat(queue.poll(Duration.ofMillis(5))).isNull();
    }

    @Test
    void testWhoWaitsIsWokenByARecordAFailureOrTheClose() throws Exception {
        assertThat(takenWhile(queue -> queue.received(received(chunk("a", 0)))))
                .isCompletedWithValueMatching(record -> record.tokens().getSequence() == 0);
        assertThat(takenWhile(queue -> queue.failed(new SpeechException("the client is closed"))))
                .isCompletedExceptionally();
        assertThat(takenWhile(RecordQueue::close)).isCompletedWithValue(null);
    }

    @Test
    void testNothingIsKeptAfterTheClose() throws Exception {
        queue.received(received(chunk("a", 0)));
        queue.close();
        queue.received(received(chunk("a", 1)));

        assertThat(queue.take()).isNull();
    }

    /** What a thread takes that waits when something happens. */
    private static CompletableFuture<ReceivedTokens> takenWhile(Consumer<RecordQueue> event)
            throws InterruptedException {
        RecordQueue queue = new RecordQueue(1);
        CompletableFuture<ReceivedTokens> taken = new CompletableFuture<>();
        Thread reader =
                new Thread(
                        () -> {
                            try {
                                taken.complete(queue.take());
                            } catch (Exception e) {
                                taken.completeExceptionally(e);
                            }
                        });
        reader.start();
        while (reader.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        event.accept(queue);
        reader.join();
        return taken;
    }
}
