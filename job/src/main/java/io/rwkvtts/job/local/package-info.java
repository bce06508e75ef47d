/**
 * Real servers inside this process for the demo, local runs and tests: a Kafka broker and a Flink
 * cluster. They listen on the loopback address only.
 */
package io.rwkvtts.job.local;
