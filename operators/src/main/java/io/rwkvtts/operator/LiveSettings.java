package io.rwkvtts.operator;

import io.rwkvtts.synthesis.SynthesisLoop;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.flink.configuration.ConfigOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the values of options act that count for all requests from when they are read: on the queue,
 * the prefix cache and the log.
 *
 * <p>Owns: what acts now. Lifecycle: made in {@code open}. For the task thread.
 */
final class LiveSettings implements Consumer<Map<String, String>> {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSettings.class);

    private final SwitchableSettings settings;
    private final AdmissionControl admission;
    private final SynthesisLoop loop;
    private Map<String, String> acting = Map.of();

    LiveSettings(SwitchableSettings settings, AdmissionControl admission, SynthesisLoop loop) {
        this.settings = settings;
        this.admission = admission;
        this.loop = loop;
    }

    /**
     * Makes values act.
     *
     * @param values that {@link SwitchableSettings#check} has passed, by key
     */
    @Override
    public void accept(Map<String, String> values) {
        if (changes(
                values,
                QueueSettings.CAPACITY,
                QueueSettings.WHEN_FULL,
                QueueSettings.TENANT_REQUESTS_PER_SECOND,
                QueueSettings.TENANT_BURST,
                QueueSettings.TENANT_QUEUE_CAPACITY)) {
            admission.limit(settings.queue(values));
        }
        if (changes(values, PrefillSettings.PREFIX_CACHE_SIZE)) {
            loop.keepPrefixesIn(settings.prefixes(values));
        }
        if (changes(values, LogSettings.LEVEL)) {
            LogLevels.set(settings.logLevel(values));
        }
        if (!values.equals(acting)) {
            LOG.info("Options set by the control topic for all requests: {}", values);
        }
        acting = Map.copyOf(values);
    }

    private boolean changes(Map<String, String> values, ConfigOption<?>... options) {
        for (ConfigOption<?> option : options) {
            if (!Objects.equals(values.get(option.key()), acting.get(option.key()))) {
                return true;
            }
        }
        return false;
    }
}
