package io.rwkvtts.bench.micro;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * How JMH measures.
 *
 * @param forks JVMs that measure one after another; 0 to measure in this one
 * @param iterations in each of them, after as many to warm up
 * @param iterationMs length of an iteration
 */
public record MicroSettings(int forks, int iterations, int iterationMs) {

    /** For a benchmark class, silent, with the bytes that a call allocates. */
    ChainedOptionsBuilder options(Class<?> benchmark) {
        TimeValue time = new TimeValue(iterationMs, TimeUnit.MILLISECONDS);
        return new OptionsBuilder()
                .include("^" + benchmark.getName().replace(".", "\\.") + "\\.")
                .forks(forks)
                .warmupIterations(iterations)
                .warmupTime(time)
                .measurementIterations(iterations)
                .measurementTime(time)
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
    }
}
