/**
 * Parts that are too quick to be timed one call at a time, measured with JMH: {@link
 * io.rwkvtts.bench.micro.SamplerBenchmark}, {@link io.rwkvtts.bench.micro.TokenizerBenchmark}.
 */
package io.rwkvtts.bench.micro;
