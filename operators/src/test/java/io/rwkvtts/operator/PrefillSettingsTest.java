package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.synthesis.PrefixCache;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.Test;

class PrefillSettingsTest {

    private static final long USUAL = PrefillSettings.PREFIX_CACHE_SIZE.defaultValue().getBytes();

    private final Configuration config = new Configuration();

    private long prefixCacheBytes(long stateBytes) {
        return PrefillSettings.from(config, stateBytes).prefixCacheBytes();
    }

    @Test
    void testPrefixCacheOfTheDefaultSizeIsOffForAModelWhoseStateIsLarger() {
        assertThat(prefixCacheBytes(USUAL)).isEqualTo(USUAL);
        assertThat(prefixCacheBytes(USUAL + 1)).isEqualTo(PrefixCache.OFF);
    }

    /** What a person chose is not changed, but refused where it cannot work. */
    @Test
    void testPrefixCacheThatWasChosenIsRefusedByItsNameIfItHoldsNoState() {
        config.set(PrefillSettings.PREFIX_CACHE_SIZE, new MemorySize(1_000));
        assertThat(prefixCacheBytes(1_000)).isEqualTo(1_000);
        assertThatThrownBy(() -> prefixCacheBytes(1_001))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tts.prefix-cache.size: 1000 bytes, expected room for one");
    }
}
