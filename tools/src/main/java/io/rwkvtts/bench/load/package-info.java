/**
 * What the whole job does under load, from Kafka to Kafka. The job runs with its broker in a {@link
 * io.rwkvtts.bench.load.JobProcess process of its own}; this one makes the load and measures what
 * comes back.
 *
 * <p>{@link io.rwkvtts.bench.load.JobBench} measures in two ways: {@link
 * io.rwkvtts.bench.load.BusyStreams} of which each has its next request at once, to find what the
 * job is able to do; and {@link io.rwkvtts.bench.load.Arrivals} at times that do not depend on the
 * job, to find how long a request takes at a rate below that. A request's time counts from when it
 * should have been sent.
 */
package io.rwkvtts.bench.load;
