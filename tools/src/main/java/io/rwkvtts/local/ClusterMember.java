package io.rwkvtts.local;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/**
 * A broker's place in a Kafka cluster. Every broker of the cluster is a controller, too.
 *
 * @param clusterId the same on all brokers, as Kafka writes ids
 * @param id of the broker, from 1
 * @param controllerPorts where the controllers listen on the loopback address, by id
 */
public record ClusterMember(String clusterId, int id, List<Integer> controllerPorts) {

    public ClusterMember {
        controllerPorts = List.copyOf(controllerPorts);
    }

    /** The only broker of a new cluster; its controller is on a free port. */
    static ClusterMember alone() {
        return new ClusterMember(
                newClusterId(), 1, List.of(LoopbackPorts.choose(0, "controller port")));
    }

    /** An id for a cluster. */
    public static String newClusterId() {
        return Uuid.randomUuid().toString();
    }

    /** Brokers in the cluster. */
    int size() {
        return controllerPorts.size();
    }

    int controllerPort() {
        return controllerPorts.get(id - 1);
    }

    /** As {@code controller.quorum.voters} names the controllers. */
    String voters() {
        return IntStream.rangeClosed(1, size())
                .mapToObj(
                        voter ->
                                voter
                                        + "@"
                                        + LoopbackPorts.HOST
                                        + ":"
                                        + controllerPorts.get(voter - 1))
                .collect(Collectors.joining(","));
    }
}
