/**
 * The job: {@link io.rwkvtts.job.TtsJob} wires source, operators and sinks; {@link
 * io.rwkvtts.job.SynthesisOptions} are its options. Its ends in Kafka are in {@code kafka},
 * embedded parts for a machine without a cluster in {@code local}, the consumers' side in {@code
 * client}, the command line in {@code cli}, benchmarks in {@code bench}, faults on real processes
 * in {@code chaos}, and what starts and ends those in {@code process}.
 */
package io.rwkvtts.job;
