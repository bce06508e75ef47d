/**
 * Real servers inside this process for the demo, local runs and tests: a Kafka broker and a Flink
 * cluster. They listen on the loopback address, but for the metrics endpoint of Flink.
 */
package io.rwkvtts.local;
