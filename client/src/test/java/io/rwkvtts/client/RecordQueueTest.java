package io.rwkvtts.client;

import static io.rwkvtts.client.TokenRecords.chunk;
import static io.rwkvtts.client.TokenRecords.end;
import static io.rwkvtts.client.TokenRecords.received;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
        CompletableFuture<ReceivedTokens> waiting = CompletableFuture.supplyAsync(this::take);
        queue.received(received(chunk("a", 0)));
        assertThat(waiting.get().tokens().getSequence()).isZero();

        waiting = CompletableFuture.supplyAsync(this::take);
        queue.close();
        assertThat(waiting.get()).isNull();

        queue.received(received(chunk("a", 1)));
        assertThat(queue.take()).isNull();
    }

    private ReceivedTokens take() {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
