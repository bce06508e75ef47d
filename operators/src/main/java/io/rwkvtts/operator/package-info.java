/**
 * The Flink operators, in the order of the way of the data: {@link
 * io.rwkvtts.operator.SourceRecord} in, {@link io.rwkvtts.operator.CheckEvents}, keyed by request
 * id, {@code SynthesizeOperator}, {@link io.rwkvtts.operator.TokenChunk} out; what cannot be served
 * leaves both as {@link io.rwkvtts.operator.RejectedRecord}.
 */
package io.rwkvtts.operator;
