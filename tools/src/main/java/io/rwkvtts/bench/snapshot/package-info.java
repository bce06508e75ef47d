/** What checkpoints of running generations cost: bytes, pause, time to go on. */
package io.rwkvtts.bench.snapshot;
