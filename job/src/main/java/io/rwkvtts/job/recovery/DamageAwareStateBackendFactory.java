package io.rwkvtts.job.recovery;

import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.state.StateBackendFactory;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackendFactory;

/** Makes the state backend that {@code state.backend.type} is by default. */
public final class DamageAwareStateBackendFactory
        implements StateBackendFactory<DamageAwareStateBackend> {

    @Override
    public DamageAwareStateBackend createFromConfig(ReadableConfig config, ClassLoader loader) {
        return new DamageAwareStateBackend(
                new HashMapStateBackendFactory().createFromConfig(config, loader));
    }
}
