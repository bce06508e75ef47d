package io.rwkvtts.operator;

import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/** What the job writes to the log. */
public final class LogSettings {

    /** How much is logged. */
    public enum Level {
        /** What has failed. */
        ERROR,
        /** What may be wrong, too. */
        WARN,
        /** What happens, too. */
        INFO,
        /** How it happens, too. */
        DEBUG,
        /** All. */
        TRACE
    }

    /** How much is logged. */
    public static final ConfigOption<Level> LEVEL =
            ConfigOptions.key("tts.log.level")
                    .enumType(Level.class)
                    .noDefaultValue()
                    .withDescription(
                            "Least level of what this project logs (io.rwkvtts) in the processes"
                                    + " that generate. If not set, as the logging of the process is"
                                    + " configured. It needs Log4j 2, which Flink comes with.");

    private LogSettings() {}

    /** The level that is set, empty if none is. */
    static Optional<Level> level(ReadableConfig config) {
        return config.getOptional(LEVEL);
    }
}
