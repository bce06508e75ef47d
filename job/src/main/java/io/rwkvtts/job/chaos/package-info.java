/**
 * Faults on real processes: {@link io.rwkvtts.job.chaos.ChaosRun} starts a broker, a ZooKeeper, a
 * JobManager and TaskManagers, each a JVM of its own, kills them while requests are spoken, and
 * compares what a consumer saw with an undisturbed run, token by token.
 *
 * <p>The parts: {@link io.rwkvtts.job.chaos.ChaosCluster} owns the processes, {@link
 * io.rwkvtts.job.chaos.ChaosJob} the job on them, {@link io.rwkvtts.job.chaos.LoadGenerator} sends
 * the requests of a {@link io.rwkvtts.job.chaos.Workload}, {@link
 * io.rwkvtts.job.chaos.TokenObserver} watches the token topic, {@link
 * io.rwkvtts.job.chaos.Comparison} judges.
 */
package io.rwkvtts.job.chaos;
