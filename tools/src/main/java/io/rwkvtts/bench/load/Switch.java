package io.rwkvtts.bench.load;

import io.rwkvtts.job.EngineSettings;
import io.rwkvtts.operator.PrefillSettings;
import java.util.List;
import java.util.Map;

/**
 * An optimisation that can be switched off, to see what it brings and that it changes no token.
 *
 * @param name what it is
 * @param off options of the job without it
 * @param on options of the job with it
 * @param jvmOff options of the JVM without it
 * @param jvmOn options of the JVM with it
 */
public record Switch(
        String name,
        Map<String, String> off,
        Map<String, String> on,
        List<String> jvmOff,
        List<String> jvmOn) {

    /** All that there are. A new one is a line here. */
    public static final List<Switch> ALL =
            List.of(
                    option("prefix cache", PrefillSettings.PREFIX_CACHE_SIZE.key(), "0 b", "64 mb"),
                    option(
                            "prompts in large pieces",
                            PrefillSettings.CHUNK_TOKENS.key(),
                            "16",
                            "256"),
                    option("all processors for a step", EngineSettings.THREADS.key(), "1", "0"),
                    new Switch(
                            "two engines, each with half of the threads and slots",
                            Map.of(EngineSettings.SLOTS.key(), "32"),
                            Map.of(
                                    EngineSettings.SLOTS.key(), "16",
                                    EngineSettings.PARALLELISM.key(), "2"),
                            List.of(),
                            List.of()),
                    new Switch(
                            "parallel collector instead of G1",
                            Map.of(),
                            Map.of(),
                            List.of("-XX:-UseParallelGC", "-XX:+UseG1GC"),
                            List.of("-XX:-UseG1GC", "-XX:+UseParallelGC")));

    /** A switch that is one option of the job. */
    public static Switch option(String name, String key, String off, String on) {
        return new Switch(name, Map.of(key, off), Map.of(key, on), List.of(), List.of());
    }
}
