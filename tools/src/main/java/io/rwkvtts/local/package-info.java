/**
 * Real servers inside this process for the demo, local runs and tests: a Kafka broker and a Flink
 * cluster. They listen on the loopback address. Flink's REST API is guarded, also in the processes
 * of chaos, by {@link io.rwkvtts.local.RestGuardFactory}, which Flink finds on the class path. And
 * what the tools share as clients of a job: {@link io.rwkvtts.local.ClientSettings}, {@link
 * io.rwkvtts.local.SpeechRecords}.
 */
package io.rwkvtts.local;
