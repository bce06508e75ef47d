package io.rwkvtts.operator;

import io.rwkvtts.synthesis.PrefixCache;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The settings that may change while the job runs: what it was started with, and what values from
 * the control topic make of that.
 *
 * @param configured values of options of {@link Switches} that were set at the start, by key
 * @param stateBytes of a state of the model
 */
public record SwitchableSettings(Map<String, String> configured, long stateBytes)
        implements Serializable {

    public SwitchableSettings {
        configured = Map.copyOf(configured);
    }

    /** Those of a job that is started with {@code config}. */
    public static SwitchableSettings from(ReadableConfig config, long stateBytes) {
        Map<String, String> configured = new HashMap<>(config.toMap());
        configured.keySet().retainAll(Switches.keys());
        return new SwitchableSettings(configured, stateBytes);
    }

    /**
     * How requests are generated.
     *
     * @param switched values by key, in the place of the configured ones
     * @throws IllegalArgumentException for values that cannot work; names the options
     */
    GenerationSettings generation(Map<String, String> switched) {
        GenerationSettings settings = GenerationSettings.from(with(switched));
        int most = settings.limits().maxSemanticTokens();
        int configuredMost = GenerationSettings.from(with(Map.of())).limits().maxSemanticTokens();
        if (most > configuredMost) {
            throw new IllegalArgumentException(
                    "%s is %d, expected at most %d, what the job was started with: events are checked by that"
                            .formatted(
                                    GenerationSettings.MAX_SEMANTIC_TOKENS.key(),
                                    most,
                                    configuredMost));
        }
        return settings;
    }

    /**
     * How many requests may wait, as {@link #generation}.
     *
     * @throws IllegalArgumentException for values that cannot work; names the options
     */
    QueueSettings queue(Map<String, String> switched) {
        return QueueSettings.from(with(switched));
    }

    /**
     * States that prompts begin with, as {@link #generation}.
     *
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    PrefixCache prefixes(Map<String, String> switched) {
        PrefillSettings settings = PrefillSettings.from(with(switched), stateBytes);
        long configuredBytes = PrefillSettings.from(with(Map.of()), stateBytes).prefixCacheBytes();
        if (settings.prefixCacheBytes() > configuredBytes) {
            throw new IllegalArgumentException(
                    "%s is %d bytes, expected at most %d, what the job was started with: its memory was counted with that"
                            .formatted(
                                    PrefillSettings.PREFIX_CACHE_SIZE.key(),
                                    settings.prefixCacheBytes(),
                                    configuredBytes));
        }
        return settings.prefixes(Math.toIntExact(stateBytes));
    }

    /** How much is logged, as {@link #generation}; empty for what logging is configured with. */
    Optional<LogSettings.Level> logLevel(Map<String, String> switched) {
        return LogSettings.level(with(switched));
    }

    /**
     * Requires that values which count for all requests can work together.
     *
     * @throws IllegalArgumentException if not; names the options
     */
    void check(Map<String, String> switched) {
        queue(switched);
        prefixes(switched);
        logLevel(switched);
    }

    private Configuration with(Map<String, String> switched) {
        Map<String, String> all = new HashMap<>(configured);
        all.putAll(switched);
        return Configuration.fromMap(all);
    }
}
