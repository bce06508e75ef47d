/**
 * The job: {@link io.rwkvtts.job.TtsJob} wires source, operators and sinks; {@link
 * io.rwkvtts.job.OptionKeys} are its options; {@link io.rwkvtts.job.RunCommand} is the main class
 * of the jar for a cluster. Its ends in Kafka are in {@code kafka}. Nothing else is in the jar but
 * the operators and the records of the topics.
 */
package io.rwkvtts.job;
