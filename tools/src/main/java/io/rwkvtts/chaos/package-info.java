/**
 * Faults on real processes: {@link io.rwkvtts.chaos.ChaosRun} starts a broker, a ZooKeeper, a
 * leading and a standby JobManager and TaskManagers, each a JVM of its own, kills or pauses them or
 * cuts their link to the broker while requests are generated, and compares what a consumer saw with
 * an undisturbed run, token by token.
 *
 * <p>The parts: {@link io.rwkvtts.chaos.ChaosCluster} owns the processes and the {@link
 * io.rwkvtts.local.LoopbackProxy} that can be cut, {@link io.rwkvtts.chaos.ChaosJob} the job on
 * them, {@link io.rwkvtts.chaos.FaultInjector} strikes what {@link io.rwkvtts.chaos.PlannedFault}
 * plans, {@link io.rwkvtts.chaos.LoadGenerator} sends the requests of a {@link
 * io.rwkvtts.chaos.Workload}, {@link io.rwkvtts.chaos.RecordWitness} watches every record of the
 * token topic, {@link io.rwkvtts.chaos.Comparison} judges what the {@link
 * io.rwkvtts.chaos.JudgedConsumer} took of them.
 */
package io.rwkvtts.chaos;
