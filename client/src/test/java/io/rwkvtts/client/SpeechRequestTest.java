package io.rwkvtts.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.rwkvtts.schema.InputFormat;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireCodec;
import io.rwkvtts.schema.WireFormatException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class SpeechRequestTest {

    private final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final List<Exception> sendFailures = new ArrayList<>();
    private final List<SpeechRequest> left = new ArrayList<>();
    private final SpeechRequest.Owner owner =
            new SpeechRequest.Owner() {
                @Override
                public void sendFailed(SpeechRequest of, Exception cause) {
                    sendFailures.add(cause);
                }

                @Override
                public void left(SpeechRequest one) {
                    left.add(one);
                }
            };
    private final RecordedSpeech heard = new RecordedSpeech();
    private final SpeechRequest request =
            new SpeechRequest(
                    "a",
                    new TextEventProducer(kafka, "tts-requests", InputFormat.AVRO),
                    heard,
                    owner);

    private void begin(boolean last) {
        request.begin(
                TextEvent.newBuilder()
                        .setRequestId("a")
                        .setText("Hello, ")
                        .setVoiceId("anna")
                        .setLast(last)
                        .build());
    }

    @Test
    void testTextInPiecesIsNumberedAndEnded() throws Exception {
        begin(false);
        request.append("streaming ");
        request.append("world.");
        request.end();

        List<TextEvent> events = sent();
        assertThat(events).extracting(TextEvent::getSequence).containsExactly(0L, 1L, 2L, 3L);
        assertThat(events)
                .extracting(TextEvent::getText)
                .containsExactly("Hello, ", "streaming ", "world.", "");
        assertThat(events)
                .extracting(TextEvent::getLast)
                .containsExactly(false, false, false, true);
        assertThat(events).extracting(TextEvent::getRequestId).containsOnly("a");
    }

    @Test
    void testATextThatHasEndedTakesNoMore() {
        begin(true);

        assertThatIllegalStateException()
                .isThrownBy(() -> request.append("more"))
                .withMessageContaining("the text of request a has ended");
        assertThatIllegalStateException().isThrownBy(request::end);
        assertThat(kafka.history()).hasSize(1);
    }

    /** A text that a language model writes may be cut within a character. */
    @Test
    void testAPieceThatCannotBeSentCanBeReplaced() throws Exception {
        begin(false);
        assertThatIllegalArgumentException().isThrownBy(() -> request.append("\ud83d"));
        request.append("\ud83d\ude00");

        assertThat(sent()).extracting(TextEvent::getSequence).containsExactly(0L, 1L);
    }

    /** The writer cannot know: a deadline has passed, the listener has hung up. */
    @Test
    void testNothingIsSentOfARequestThatHasEnded() {
        begin(false);
        request.received(TokenRecords.received(TokenRecords.end("a", 0)));

        request.append("more");
        request.end();
        request.cancel();

        assertThat(request.ended()).isTrue();
        assertThat(kafka.history()).hasSize(1);
    }

    @Test
    void testCancelSendsACancellation() throws Exception {
        begin(true);
        request.cancel();

        assertThat(sent().get(1).getCancel()).isTrue();
        assertThat(request.ended()).isFalse();
    }

    @Test
    void testWhoHasLeftHearsNothingMoreAndTheJobIsNotTold() {
        begin(true);
        request.received(TokenRecords.received(TokenRecords.chunk("a", 0)));
        request.leave();
        request.received(TokenRecords.received(TokenRecords.chunk("a", 1)));
        request.failed(new SpeechException("closed"));

        assertThat(left).containsExactly(request);
        assertThat(heard.sequences).containsExactly(0L);
        assertThat(heard.failure).isNull();
        assertThat(kafka.history()).hasSize(1);
    }

    /** A reader that leaves the loop early must not fail for it. */
    @Test
    void testClosingAStreamOfPlainTextSendsNothing() {
        TextEventProducer plain = new TextEventProducer(kafka, "tts-requests", InputFormat.TEXT);
        try (SpeechStream stream = new SpeechStream("a", plain, new RecordQueue(10), owner)) {
            stream.begin(TextEvent.newBuilder().setRequestId("a").setText("Hello.").build());
        }

        assertThat(kafka.history()).hasSize(1);
    }

    @Test
    void testWhereTheFirstEventWasWrittenIsKnownWhenItWas() {
        begin(true);
        assertThat(request.written().toCompletableFuture()).isNotDone();

        kafka.completeNext();

        assertThat(request.written().toCompletableFuture()).isCompleted();
        assertThat(sendFailures).isEmpty();
    }

    @Test
    void testAnEventThatKafkaDoesNotTakeIsReported() {
        begin(false);
        request.append("more");
        kafka.completeNext();
        RuntimeException refused = new IllegalStateException("refused");
        kafka.errorNext(refused);

        assertThat(sendFailures).containsExactly(refused);
        assertThat(request.written().toCompletableFuture()).isCompleted();
    }

    private List<TextEvent> sent() throws WireFormatException {
        List<TextEvent> events = new ArrayList<>();
        for (ProducerRecord<byte[], byte[]> record : kafka.history()) {
            events.add(WireCodec.textEvents().decode(record.value()));
        }
        return events;
    }
}
