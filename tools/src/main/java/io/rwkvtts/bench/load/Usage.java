package io.rwkvtts.bench.load;

/**
 * What the process under load had used at a time.
 *
 * @param atNanos when, by {@link System#nanoTime()}
 * @param cpuNanos time of all processors
 * @param allocatedBytes on the Java heap, by the task that generates
 */
record Usage(long atNanos, long cpuNanos, long allocatedBytes) {

    /** Processors that were busy on average from then to this. */
    double processorsSince(Usage then) {
        return (double) (cpuNanos - then.cpuNanos) / (atNanos - then.atNanos);
    }

    /** Bytes allocated from then to this. */
    double allocatedSince(Usage then) {
        return allocatedBytes - then.allocatedBytes;
    }

    double secondsSince(Usage then) {
        return (atNanos - then.atNanos) / 1e9;
    }
}
