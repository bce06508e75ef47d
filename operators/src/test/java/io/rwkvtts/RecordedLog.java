package io.rwkvtts;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/**
 * Everything that this process logs at a level or above, libraries included, instead of on the
 * console.
 */
public final class RecordedLog implements AutoCloseable {

    private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
    private final LoggerConfig root = context.getConfiguration().getRootLogger();
    private final Level levelBefore = root.getLevel();
    private final Map<String, Appender> appendersBefore = Map.copyOf(root.getAppenders());
    private final Recorder recorder = new Recorder();

    /** Records what is of this level or above. */
    public RecordedLog(Level level) {
        recorder.start();
        appendersBefore.keySet().forEach(root::removeAppender);
        root.addAppender(recorder, level, null);
        root.setLevel(level);
        context.updateLoggers();
    }

    /** Level, logger and message of each, with the errors that belong to it. */
    public Collection<String> lines() {
        return recorder.lines;
    }

    @Override
    public void close() {
        root.setLevel(levelBefore);
        root.removeAppender(recorder.getName());
        appendersBefore.values().forEach(appender -> root.addAppender(appender, null, null));
        context.updateLoggers();
    }

    private static final class Recorder extends AbstractAppender {

        private final Collection<String> lines = new ConcurrentLinkedQueue<>();

        Recorder() {
            super("recorder", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            StringBuilder line = new StringBuilder(event.getLevel().name());
            line.append(' ').append(event.getLoggerName()).append(": ");
            line.append(event.getMessage().getFormattedMessage());
            for (Throwable t = event.getThrown(); t != null; t = t.getCause()) {
                line.append(" | ").append(t);
            }
            lines.add(line.toString());
        }
    }
}
