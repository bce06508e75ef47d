package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReusedIdsTest {

    private final List<String> warnings = new ArrayList<>();
    private long nowMs;
    private final ReusedIds ids = new ReusedIds(() -> nowMs, warnings::add);

    @Test
    void testAnotherTextUnderAnIdIsReportedWithTheId() {
        ids.accepted(Events.whole("alice", "Hello."));
        ids.dropped(Events.whole("alice", "Good morning."));

        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("request alice of record requests-0@0", "tts.request.dedup-window");
    }

    @Test
    void testRepetitionsPiecesAndCancellationsAreNotReported() {
        ids.accepted(Events.whole("r", "Hello."));
        ids.dropped(Events.whole("r", "Hello."));
        ids.dropped(Events.piece("r", 0, "Good morning.", false));
        ids.dropped(Events.piece("r", 1, "Good morning.", true));
        ids.dropped(Events.cancel("r"));
        ids.dropped(Events.whole("r", "Good morning.").rejected("too late"));
        ids.accepted(Events.piece("s", 0, "Hello.", false));
        ids.dropped(Events.whole("s", "Good morning."));
        ids.dropped(Events.whole("unknown", "Good morning."));

        assertThat(warnings).isEmpty();
    }

    @Test
    void testWarningsAreFewAndCount() {
        ids.accepted(Events.whole("r", "Hello."));
        for (int i = 0; i < 10; i++) {
            ids.dropped(Events.whole("r", "Text " + i));
        }
        assertThat(warnings).hasSize(1);

        nowMs = ReusedIds.PAUSE_MS;
        ids.dropped(Events.whole("r", "Another."));
        assertThat(warnings).hasSize(2);
        assertThat(warnings.get(1)).contains("10 such records");
    }

    @Test
    void testRemembersALimitedNumber() {
        for (int i = 0; i <= ReusedIds.REMEMBERED; i++) {
            ids.accepted(Events.whole("request-" + i, "Hello."));
        }
        ids.dropped(Events.whole("request-0", "Good morning."));
        assertThat(warnings).isEmpty();
        ids.dropped(Events.whole("request-1", "Good morning."));
        assertThat(warnings).hasSize(1);
    }
}
