package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogLevelsTest {

    @Test
    void testLevelIsSetAndSetBack() {
        Logger ours = LoggerFactory.getLogger(LogLevelsTest.class);
        org.apache.logging.log4j.Level before =
                LogManager.getLogger(LogLevelsTest.class).getLevel();
        LogLevels.set(Optional.of(LogSettings.Level.TRACE));
        assertThat(ours.isTraceEnabled()).isTrue();
        assertThat(LoggerFactory.getLogger("org.apache.flink").isTraceEnabled()).isFalse();
        LogLevels.set(Optional.of(LogSettings.Level.ERROR));
        assertThat(ours.isWarnEnabled()).isFalse();
        LogLevels.set(Optional.empty());
        assertThat(LogManager.getLogger(LogLevelsTest.class).getLevel()).isEqualTo(before);
    }
}
