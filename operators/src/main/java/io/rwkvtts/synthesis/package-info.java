/**
 * Continuous batching without Flink: what a request is, which requests hold a slot, and the loop
 * that steps them through the engine and emits chunks. Builds on {@code engine}, {@code protocol},
 * {@code sampling} and {@code text}; start reading at {@link io.rwkvtts.synthesis.SynthesisLoop}.
 */
package io.rwkvtts.synthesis;
