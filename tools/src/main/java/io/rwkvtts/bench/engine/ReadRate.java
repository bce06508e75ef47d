package io.rwkvtts.bench.engine;

/**
 * How fast memory of some size was read, again and again, as a step reads its weights: what a cache
 * holds of it comes from there.
 *
 * @param bytes size of the memory
 * @param gigabytesPerSecond 10⁹ bytes per second, median over the rounds of the best of each
 */
public record ReadRate(long bytes, double gigabytesPerSecond) {}
