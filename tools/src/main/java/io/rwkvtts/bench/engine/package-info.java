/**
 * What the engine alone does: steps of batches, prefill, states of long sequences, errors of
 * quantisation. {@link io.rwkvtts.bench.engine.EngineBench} alternates between all that it
 * compares, and measures the machine in the same rounds.
 */
package io.rwkvtts.bench.engine;
