package io.rwkvtts.job.recovery;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.state.CheckpointStorageFactory;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;

/** Makes the storage that {@code execution.checkpointing.storage} is by default. */
public final class ChecksummedStorageFactory
        implements CheckpointStorageFactory<ChecksummedStorage> {

    @Override
    public ChecksummedStorage createFromConfig(ReadableConfig config, ClassLoader loader) {
        return new ChecksummedStorage(
                FileSystemCheckpointStorage.createFromConfig(config, loader),
                config.get(CheckpointingOptions.CREATE_CHECKPOINT_SUB_DIR));
    }
}
