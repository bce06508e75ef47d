package io.rwkvtts.operator;

import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets how much this project logs in the process, where Log4j 2 writes the log. For any thread; all
 * tasks of a process set the same.
 */
final class LogLevels {
    private static final Logger LOG = LoggerFactory.getLogger(LogLevels.class);
    private static final String PROJECT = "io.rwkvtts";

    private static boolean changed;

    private LogLevels() {}

    /** Sets a level, or with none that which logging was configured with. */
    static synchronized void set(Optional<LogSettings.Level> level) {
        if (level.isEmpty() && !changed) {
            return;
        }
        changed = true;
        try {
            Log4j.set(level);
        } catch (NoClassDefFoundError | ClassCastException e) {
            LOG.warn(
                    "{} cannot be set: the log is not written by Log4j 2 ({})",
                    LogSettings.LEVEL.key(),
                    e.toString());
        }
    }

    /** Apart, so that nothing of Log4j is loaded where it is not there. */
    private static final class Log4j {

        private static org.apache.logging.log4j.Level configured;

        static void set(Optional<LogSettings.Level> level) {
            LoggerContext context = (LoggerContext) LogManager.getContext(false);
            if (configured == null) {
                configured = context.getConfiguration().getLoggerConfig(PROJECT).getLevel();
            }
            Configurator.setLevel(
                    PROJECT,
                    level.map(l -> org.apache.logging.log4j.Level.valueOf(l.name()))
                            .orElse(configured));
        }
    }
}
