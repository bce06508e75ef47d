/** What checkpoints of running generations cost: bytes, pause, time to continue. */
package io.rwkvtts.bench.snapshot;
