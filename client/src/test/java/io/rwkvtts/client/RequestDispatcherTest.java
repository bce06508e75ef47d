package io.rwkvtts.client;

import static io.rwkvtts.client.TokenRecords.chunk;
import static io.rwkvtts.client.TokenRecords.end;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.InputFormat;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequestDispatcherTest {

    private static final String TOPIC = "tts-tokens";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final Duration IDLE = Duration.ofMinutes(2);

    private final MockConsumer<byte[], byte[]> consumer =
            new MockConsumer<>("earliest") {
                @Override
                public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
                        Map<TopicPartition, Long> times) {
                    readings++;
                    return Map.of(PARTITION, new OffsetAndTimestamp(lookedBackTo, 0));
                }
            };

    private final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final TextEventProducer producer =
            new TextEventProducer(kafka, "tts-requests", InputFormat.AVRO);
    private final RecordedSpeech heard = new RecordedSpeech();
    private RequestDispatcher dispatcher;
    private long offset = 100;
    private long lookedBackTo = offset;
    private int readings;
    private long nowMs;

    @BeforeEach
    void connect() {
        consumer.updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, null, null, null)));
        consumer.updateEndOffsets(Map.of(PARTITION, offset));
        dispatcher =
                new RequestDispatcher(
                        new TokenConsumer(consumer, TOPIC, false),
                        SpeechSettings.of(new Properties()).withIdleTimeout(IDLE),
                        () -> nowMs);
    }

    @Test
    void testEachRequestHearsOfItsOwnRecordsOnceAndInOrder() throws Exception {
        RecordedSpeech other = new RecordedSpeech();
        begin("a", heard);
        begin("b", other);

        write(chunk("a", 0), chunk("b", 0), chunk("foreign", 7), chunk("a", 0), chunk("a", 1));
        write(end("b", 1), end("a", 2), chunk("a", 0));

        assertThat(heard.sequences).containsExactly(0L, 1L, 2L);
        assertThat(heard.finishReason).isEqualTo("stop");
        assertThat(other.sequences).containsExactly(0L, 1L);
        assertThat(kafka.history()).hasSize(2);
    }

    /** Thousands of requests of others pass by; a program may run for months. */
    @Test
    void testNothingIsKeptOfRequestsOfOthersNorOfThoseThatEnded() throws Exception {
        begin("a", heard);
        write(chunk("foreign", 3), chunk("foreign", 5), chunk("a", 0), end("a", 1));
        assertThat(dispatcher.waiting()).isZero();

        begin("a", heard);
        write(chunk("a", 0));

        assertThat(heard.sequences).containsExactly(0L, 1L, 0L);
    }

    /**
     * The end at 3 was held, and thrown away when the job repeated what was missing before it. Who
     * is given it a second time ends there: the job repeats records, but never goes back so.
     */
    @Test
    void testARequestIsGivenNoRecordAgainThatIsReadAgainForAnother() throws Exception {
        AudioTokens[] log = {
            chunk("a", 0), end("a", 3), chunk("a", 1), chunk("a", 2), chunk("b", 0), chunk("a", 3)
        };
        RecordedSpeech other = new RecordedSpeech();
        begin("a", heard);
        write(log);

        resume("b", 0, other);
        write(log);
        write(chunk("a", 4));

        assertThat(other.sequences).containsExactly(0L);
        assertThat(heard.sequences).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(heard.finishReason).isNull();
    }

    @Test
    void testARequestThatContinuesIsJudgedFromItsBeginning() throws Exception {
        AudioTokens[] log = {
            chunk("a", 0), end("a", 3), chunk("a", 1), chunk("a", 2), chunk("a", 3), chunk("a", 4)
        };
        write(log);

        resume("a", 4, heard);
        write(log);
        write(chunk("a", 5), end("a", 6));

        assertThat(heard.sequences).containsExactly(4L, 5L, 6L);
        assertThat(heard.finishReason).isEqualTo("stop");
    }

    @Test
    void testARequestThatCannotBeReadBackFailsAndIsNotCancelled() throws Exception {
        lookedBackTo = -1;

        resume("a", 0, heard);

        assertThat(heard.failure).hasMessageContaining("request a cannot be read back");
        assertThat(kafka.history()).isEmpty();
    }

    /** A client whose line breaks twice, before the gateway has seen that the first one broke. */
    @Test
    void testARequestThatIsResumedTwiceIsHeardWholeByBoth() throws Exception {
        AudioTokens[] log = {chunk("a", 0), chunk("a", 1), chunk("a", 2)};
        RecordedSpeech other = new RecordedSpeech();
        write(log);
        resume("a", 0, heard);
        write(log);

        resume("a", 2, other);
        write(log);
        write(chunk("a", 3), end("a", 4));

        assertThat(heard.sequences).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(other.sequences).containsExactly(2L, 3L, 4L);
        assertThat(heard.finishReason).isEqualTo("stop");
        assertThat(other.finishReason).isEqualTo("stop");
        assertThat(dispatcher.open()).isZero();
    }

    @Test
    void testWhoLeavesARequestTakesItFromNobodyElse() throws Exception {
        AudioTokens[] log = {chunk("a", 0), chunk("a", 1)};
        RecordedSpeech other = new RecordedSpeech();
        write(log);
        SpeechRequest first = resume("a", 0, heard);
        write(log);
        resume("a", 0, other);
        write(log);

        first.leave();
        write(chunk("a", 2), end("a", 3));

        assertThat(heard.sequences).containsExactly(0L, 1L);
        assertThat(other.sequences).containsExactly(0L, 1L, 2L, 3L);
        assertThat(kafka.history()).isEmpty();
        assertThat(dispatcher.open()).isZero();
    }

    @Test
    void testNothingIsKeptOfARequestThatWasLeft() throws Exception {
        SpeechRequest begun = begin("a", heard);
        write(chunk("a", 0), chunk("a", 2));
        assertThat(dispatcher.waiting()).isOne();
        begun.leave();
        SpeechRequest resumed = ask("a", 0, heard);
        resumed.leave();
        turn();

        assertThat(dispatcher.open()).isZero();
        assertThat(dispatcher.waiting()).isZero();
        assertThat(readings).isZero();
        assertThat(kafka.history()).hasSize(1);
    }

    /** Or who asks often enough keeps all others from ever hearing the present. */
    @Test
    void testRequestsThatAreResumedWhileOthersAreReadBackShareTheNextReading() throws Exception {
        AudioTokens[] log = {chunk("a", 0), chunk("b", 0), chunk("c", 0), chunk("d", 0)};
        RecordedSpeech[] others = {
            new RecordedSpeech(), new RecordedSpeech(), new RecordedSpeech()
        };
        write(log);
        ask("a", 0, heard);
        resume("b", 0, others[0]);
        assertThat(readings).isOne();

        write(log[0], log[1]);
        ask("c", 0, others[1]);
        ask("d", 0, others[2]);
        turn();
        assertThat(readings).isOne();
        write(log[2], log[3]);
        turn();
        assertThat(readings).isEqualTo(2);
        offset = lookedBackTo;
        write(log);

        assertThat(heard.sequences).containsExactly(0L);
        for (RecordedSpeech other : others) {
            assertThat(other.sequences).containsExactly(0L);
        }
    }

    @Test
    void testTheEndOfAClientFailsWhatWaitsToBeReadBack() throws Exception {
        write(chunk("a", 0));
        resume("a", 0, heard);
        RecordedSpeech waiting = new RecordedSpeech();
        ask("b", 0, waiting);

        dispatcher.finish(new SpeechException("the client is closed"), false);

        assertThat(heard.failure).hasMessage("the client is closed");
        assertThat(waiting.failure).hasMessage("the client is closed");
    }

    @Test
    void testAListenerThatThrowsLosesItsRequestOnly() throws Exception {
        List<SpeechException> failures = new ArrayList<>();
        begin(
                "broken",
                new SpeechListener() {
                    @Override
                    public void received(ReceivedTokens record) {
                        throw new IllegalStateException("connection reset");
                    }

                    @Override
                    public void failed(SpeechException cause) {
                        failures.add(cause);
                    }
                });
        begin("a", heard);

        write(chunk("broken", 0), chunk("a", 0), chunk("broken", 1), chunk("a", 1));

        assertThat(failures)
                .singleElement()
                .asString()
                .contains("the listener of request broken threw", "connection reset");
        assertThat(heard.sequences).containsExactly(0L, 1L);
        assertThat(sent(2).getCancel()).isTrue();
        assertThat(sent(2).getRequestId()).isEqualTo("broken");
    }

    @Test
    void testARequestOfWhichNothingComesFailsAndIsCancelled() throws Exception {
        SpeechRequest silent = begin("silent", heard);
        RecordedSpeech other = new RecordedSpeech();
        begin("busy", other);
        for (int second = 0; second <= IDLE.toSeconds(); second++) {
            write(chunk("busy", second));
            assertThat(heard.failure).isNull();
            nowMs += 1_000;
        }
        pass(Duration.ofSeconds(2));

        assertThat(heard.failure)
                .hasMessage("nothing was sent or received of request silent for 120 s");
        assertThat(silent.ended()).isTrue();
        assertThat(other.failure).isNull();
        assertThat(sent(2).getRequestId()).isEqualTo("silent");
        assertThat(sent(2).getCancel()).isTrue();
    }

    @Test
    void testARequestWhoseTextStillComesIsNotIdle() throws Exception {
        SpeechRequest request =
                begin(
                        TextEvent.newBuilder().setRequestId("a").setLast(false).build(),
                        request("a", heard));
        for (int i = 0; i < 4; i++) {
            pass(IDLE.dividedBy(2));
            request.append("word ");
        }

        assertThat(heard.failure).isNull();
    }

    /** The records are there, but the program was suspended. */
    @Test
    void testTimeInWhichTheProgramWasPausedHardlyCounts() throws Exception {
        begin("a", heard);
        pass(Duration.ofSeconds(1));

        nowMs += Duration.ofHours(8).toMillis();
        turn();
        write(chunk("a", 0));

        assertThat(heard.failure).isNull();
        assertThat(heard.sequences).containsExactly(0L);
    }

    /** The job waits for the piece of text that it did not get, and need not. */
    @Test
    void testARequestOfWhichKafkaDoesNotTakeAnEventFailsAndIsCancelled() throws Exception {
        SpeechRequest request = begin("a", heard);
        dispatcher.sendFailed(request, new IllegalStateException("no leader"));
        turn();

        assertThat(heard.failure).hasMessage("Kafka did not take an event of request a: no leader");
        assertThat(sent(1).getCancel()).isTrue();
        write(chunk("a", 0));
        assertThat(heard.sequences).isEmpty();
    }

    @Test
    void testOpenIdsAreTakenOnce() {
        begin("a", heard);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> dispatcher.add(request("a", heard)))
                .withMessage("request a is open already; each request needs an id of its own");
    }

    @Test
    void testTheEndOfAClientCancelsAndFailsWhatIsOpen() throws Exception {
        begin("a", heard);
        RecordedSpeech ended = new RecordedSpeech();
        begin("ended", ended);
        write(end("ended", 0));

        dispatcher.finish(new SpeechException("the client is closed"), true);

        assertThat(heard.failure).hasMessage("the client is closed");
        assertThat(ended.failure).isNull();
        assertThat(kafka.history()).hasSize(3);
        assertThat(sent(2).getRequestId()).isEqualTo("a");
        assertThat(sent(2).getCancel()).isTrue();
        assertThat(consumer.closed()).isTrue();
        assertThatIllegalStateException()
                .isThrownBy(() -> dispatcher.add(request("b", heard)))
                .withMessage("the client is closed");
    }

    @Test
    void testAClientThatDisconnectsCancelsNothing() {
        begin("a", heard);

        dispatcher.finish(new SpeechException("the client is closed"), false);

        assertThat(heard.failure).hasMessage("the client is closed");
        assertThat(kafka.history()).hasSize(1);
        assertThat(consumer.closed()).isTrue();
    }

    private SpeechRequest begin(String id, SpeechListener listener) {
        return begin(
                TextEvent.newBuilder().setRequestId(id).setText("Hello.").build(),
                request(id, listener));
    }

    private SpeechRequest begin(TextEvent first, SpeechRequest request) {
        dispatcher.add(request);
        request.begin(first);
        return request;
    }

    /** What is written after it is read again from the first record on. */
    private SpeechRequest resume(String id, long nextSequence, SpeechListener listener) {
        SpeechRequest request = ask(id, nextSequence, listener);
        turn();
        offset = lookedBackTo;
        return request;
    }

    private SpeechRequest ask(String id, long nextSequence, SpeechListener listener) {
        SpeechRequest request = request(id, listener);
        dispatcher.resume(request, nextSequence, Duration.ofMinutes(1));
        return request;
    }

    private SpeechRequest request(String id, SpeechListener listener) {
        return new SpeechRequest(id, producer, listener, dispatcher);
    }

    private TextEvent sent(int place) throws Exception {
        return WireCodec.textEvents().decode(kafka.history().get(place).value());
    }

    private void write(AudioTokens... records) {
        for (AudioTokens tokens : records) {
            byte[] key = tokens.getRequestId().getBytes(UTF_8);
            byte[] value = WireCodec.audioTokens().encode(tokens);
            consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, offset++, key, value));
        }
        turn();
    }

    private void turn() {
        dispatcher.turn(Duration.ZERO);
    }

    /** Lets time pass in steps that all count. */
    private void pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            nowMs += 1_000;
            turn();
        }
    }
}
