package io.rwkvtts.operator;

import io.rwkvtts.synthesis.PrefixCache;
import java.io.Serializable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How prompts are fed.
 *
 * @param chunkTokens most prompt tokens fed between two steps
 * @param prefixCacheBytes bytes of states that prompts begin with, see {@link PrefixCache}
 */
public record PrefillSettings(int chunkTokens, long prefixCacheBytes) implements Serializable {

    /** Most prompt tokens between two steps. */
    public static final ConfigOption<Integer> CHUNK_TOKENS =
            ConfigOptions.key("tts.prefill.chunk-tokens")
                    .intType()
                    .defaultValue(256)
                    .withDescription(
                            "Most prompt tokens that are fed between two steps of the running"
                                    + " requests. Tokens do not depend on it.");

    /** States that prompts begin with. */
    public static final ConfigOption<MemorySize> PREFIX_CACHE_SIZE =
            ConfigOptions.key("tts.prefix-cache.size")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(64))
                    .withDescription(
                            "Heap memory in which a subtask keeps the recurrent states after"
                                    + " prompts, and after the tokens of a voice at their"
                                    + " beginning, that came more than once: what is found there is"
                                    + " not fed again. 0 keeps none. The default keeps none for a model"
                                    + " with a larger state. Tokens do not depend on it.");

    private static final Logger LOG = LoggerFactory.getLogger(PrefillSettings.class);

    /**
     * Reads the options.
     *
     * @param stateBytes of a state of the model
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    static PrefillSettings from(ReadableConfig config, long stateBytes) {
        PrefillSettings settings =
                new PrefillSettings(
                        OptionChecks.atLeast(1, config, CHUNK_TOKENS),
                        prefixCacheBytes(config, stateBytes));
        // Refuse what cannot work here, where a person waits for the answer.
        settings.prefixes(Math.toIntExact(stateBytes));
        return settings;
    }

    /** The size that is set; of the default, which nobody chose, nothing if it holds no state. */
    private static long prefixCacheBytes(ReadableConfig config, long stateBytes) {
        long bytes = config.get(PREFIX_CACHE_SIZE).getBytes();
        boolean chosen = config.getOptional(PREFIX_CACHE_SIZE).isPresent();
        if (chosen || bytes >= stateBytes) {
            return bytes;
        }
        LOG.info(
                "No prefixes are kept: a state of this model takes {} bytes, and the default of {} is {} bytes",
                stateBytes,
                PREFIX_CACHE_SIZE.key(),
                bytes);
        return PrefixCache.OFF;
    }

    /**
     * States that prompts begin with.
     *
     * @param stateBytes of a state of the model
     * @throws IllegalArgumentException if the size does not hold one
     */
    PrefixCache prefixes(int stateBytes) {
        return OptionChecks.named(
                () -> new PrefixCache(prefixCacheBytes, stateBytes), PREFIX_CACHE_SIZE);
    }
}
