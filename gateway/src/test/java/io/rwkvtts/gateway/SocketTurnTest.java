package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SocketTurnTest {

    private static final UtteranceEnd STOP =
            new UtteranceEnd("stop", null, new UtteranceEnd.Usage(1, 1, 320));

    private final RecordedLine line = new RecordedLine();
    private final SocketTurn turn = new SocketTurn(line);

    @Test
    void testTheNextOneSendsAtOnce() {
        line.next = turn;
        Future<Void> left = turn.audio(new byte[] {1}, 0);
        turn.audio(new byte[] {2}, 320);
        turn.ended(STOP);
        assertThat(line.sent).containsExactly("started", "1 at 0", "2 at 320", "stop");
        assertThat(left.isComplete()).isFalse();
        line.promises.get(0).complete();
        assertThat(left.succeeded()).isTrue();
    }

    @Test
    void testALaterOneWaitsWithItsSoundAndItsEnd() {
        Future<Void> left = turn.audio(new byte[] {1}, 0);
        turn.audio(new byte[] {2}, 320);
        turn.ended(STOP);
        assertThat(line.sent).isEmpty();
        // It is not the client that it waits for.
        assertThat(turn.waitsForClient()).isFalse();

        line.next = turn;
        turn.release();
        assertThat(line.sent).containsExactly("started", "1 at 0", "2 at 320", "stop");
        assertThat(turn.waitsForClient()).isTrue();
        assertThat(left.isComplete()).isFalse();
        line.promises.get(0).complete();
        assertThat(left.succeeded()).isTrue();
    }

    @Test
    void testSoundAfterItsTurnHasComeIsSentOnce() {
        turn.audio(new byte[] {1}, 0);
        line.next = turn;
        turn.release();
        turn.audio(new byte[] {2}, 320);
        turn.ended(STOP);
        assertThat(line.sent).containsExactly("started", "1 at 0", "2 at 320", "stop");
    }

    @Test
    void testAnUtteranceWithoutSoundEndsInItsTurn() {
        turn.ended(STOP);
        assertThat(line.sent).isEmpty();
        line.next = turn;
        turn.release();
        assertThat(line.sent).containsExactly("stop");
    }

    @Test
    void testOfOneThatIsDroppedOnlyTheEndIsSent() {
        Future<Void> left = turn.audio(new byte[] {1}, 0);
        turn.drop();
        assertThat(left.succeeded()).isTrue();
        assertThat(turn.audio(new byte[] {2}, 320).succeeded()).isTrue();
        turn.ended(STOP);
        line.next = turn;
        turn.release();
        assertThat(line.sent).containsExactly("stop");
    }

    @Test
    void testALineThatBrokeFailsWhatWaited() {
        Future<Void> left = turn.audio(new byte[] {1}, 0);
        line.next = turn;
        turn.release();
        line.promises.get(0).fail("closed");
        assertThat(left.failed()).isTrue();
    }

    private static final class RecordedLine implements SocketTurn.Line {

        private final List<String> sent = new ArrayList<>();
        private final List<Promise<Void>> promises = new ArrayList<>();
        private SocketTurn next;

        @Override
        public boolean isNext(SocketTurn turn) {
            return turn == next;
        }

        @Override
        public void sendStarted(SocketTurn turn) {
            sent.add("started");
        }

        @Override
        public Future<Void> sendAudio(SocketTurn turn, byte[] pcm, long sampleOffset) {
            sent.add(pcm[0] + " at " + sampleOffset);
            promises.add(Promise.promise());
            return promises.get(promises.size() - 1).future();
        }

        @Override
        public void abort() {
            sent.add("abort");
        }

        @Override
        public void sendEnd(SocketTurn turn, UtteranceEnd end) {
            sent.add(end.reason());
        }
    }
}
