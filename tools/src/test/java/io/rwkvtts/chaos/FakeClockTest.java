package io.rwkvtts.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FakeClockTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    @Test
    void testProcessSeesTheClockThatIsSet(@TempDir Path directory) throws IOException {
        Optional<Path> library = FakeClock.library();
        assumeTrue(library.isPresent(), "libfaketime is not installed");
        FakeClock clock = new FakeClock(library.get(), directory.resolve("clock"));

        assertThat(offset(clock)).isLessThan(TOLERANCE);
        clock.set("+1h");
        assertThat(offset(clock)).isBetween(HOUR.minus(TOLERANCE), HOUR.plus(TOLERANCE));
        clock.set("-1h");
        assertThat(offset(clock).negated()).isBetween(HOUR.minus(TOLERANCE), HOUR.plus(TOLERANCE));
    }

    /** How far the clock of a process is ahead of ours. */
    private static Duration offset(FakeClock clock) throws IOException {
        ProcessBuilder date = new ProcessBuilder("date", "+%s");
        date.environment().putAll(clock.environment());
        try (BufferedReader output = date.start().inputReader()) {
            long seconds = Long.parseLong(output.readLine());
            return Duration.ofMillis(seconds * 1000 - System.currentTimeMillis());
        }
    }
}
