package io.rwkvtts.cli;

import io.rwkvtts.model.ModelCache;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a benchmark keeps its models. */
final class BenchCacheOption {

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description =
                    "where random and exported models are kept (default: flink-rwkv-tts in"
                            + " $$XDG_CACHE_HOME or ~/.cache)")
    private Path cache;

    ModelCache open() {
        return cache == null ? ModelCache.ofUser() : new ModelCache(cache);
    }
}
