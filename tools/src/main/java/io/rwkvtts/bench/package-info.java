/**
 * Benchmarks of the engine and the whole job, and what they have in common: {@link
 * io.rwkvtts.bench.Samples measured values}, {@link io.rwkvtts.bench.Table tables}, {@link
 * io.rwkvtts.bench.JsonFile files of results}. A figure never stands alone: beside it, from the
 * same run, stands what the machine could do.
 */
package io.rwkvtts.bench;
