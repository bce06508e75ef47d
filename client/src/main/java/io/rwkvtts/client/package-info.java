/**
 * How a program talks to the job through Kafka: it sends text events and receives audio tokens.
 * {@link io.rwkvtts.client.ConsumerRule} is the reference of what a consumer has to do with
 * repeated records. Nothing here needs Flink or a model.
 */
package io.rwkvtts.client;
