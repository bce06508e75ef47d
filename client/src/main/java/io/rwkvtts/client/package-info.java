/**
 * How a program talks to the job through Kafka. {@link io.rwkvtts.client.SpeechClient} sends
 * requests and receives what comes of them: begin there. It is made of {@link
 * io.rwkvtts.client.TextEventProducer} and {@link io.rwkvtts.client.TokenListener}, which also
 * stand alone. {@link io.rwkvtts.client.ConsumerRule} is the reference of what a consumer has to do
 * with repeated records. Nothing here needs Flink or a model.
 */
package io.rwkvtts.client;
