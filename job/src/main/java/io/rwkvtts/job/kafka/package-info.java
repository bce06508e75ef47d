/**
 * The job's ends in Kafka: text events in, audio tokens and dead letters out. Avro stays in this
 * package; the operators see plain records.
 */
package io.rwkvtts.job.kafka;
