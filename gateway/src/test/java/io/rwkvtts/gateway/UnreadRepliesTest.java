package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import org.junit.jupiter.api.Test;

class UnreadRepliesTest {

    private final UnreadReplies unread = new UnreadReplies();

    @Test
    void testAClientThatReadsMayBeSentAnyNumber() {
        for (int i = 0; i < 10 * UnreadReplies.MOST; i++) {
            assertThat(unread.add(i % UnreadReplies.MOST != 0)).isTrue();
        }
    }

    @Test
    void testAClientThatDoesNotReadIsSentSoManyAndNoMore() {
        for (int i = 0; i < UnreadReplies.MOST; i++) {
            assertThat(unread.add(true)).isTrue();
        }
        assertThat(unread.add(true)).isFalse();
    }

    /** A player that takes its time keeps the queue full for hours, and sends pings. */
    @Test
    void testSoundThatHasLeftTookWithItWhatWasSentBefore() {
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < UnreadReplies.MOST / 2; i++) {
                assertThat(unread.add(true)).isTrue();
            }
            Promise<Void> sound = Promise.promise();
            unread.before(sound.future());
            for (int i = 0; i < UnreadReplies.MOST / 2; i++) {
                assertThat(unread.add(true)).isTrue();
            }
            sound.complete();
            Promise<Void> later = Promise.promise();
            unread.before(later.future());
            later.complete();
        }
    }

    @Test
    void testSoundThatCouldNotLeaveTookNothing() {
        Promise<Void> sound = Promise.promise();
        for (int i = 0; i < UnreadReplies.MOST; i++) {
            unread.add(true);
        }
        unread.before(sound.future());
        sound.fail("closed");
        assertThat(unread.add(true)).isFalse();
    }
}
