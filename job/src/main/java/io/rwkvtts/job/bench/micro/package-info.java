/**
 * Parts that are too quick to be timed one call at a time, measured with JMH: {@link
 * io.rwkvtts.job.bench.micro.SamplerBenchmark}, {@link
 * io.rwkvtts.job.bench.micro.TokenizerBenchmark}.
 */
package io.rwkvtts.job.bench.micro;
