package io.rwkvtts.chaos;

import io.rwkvtts.local.ClusterMember;
import io.rwkvtts.local.EmbeddedKafka;
import java.nio.file.Path;
import java.util.Arrays;

/** Main of a Kafka broker in a process of its own. */
public final class BrokerServer {

    private BrokerServer() {}

    /**
     * Runs a broker until the process is killed.
     *
     * @param arguments data directory, made if it does not exist; three ports: of the broker, of
     *     the broker for the proxy, of the proxy; id of the cluster and of the broker, from 1;
     *     ports of the controllers, by the ids of their brokers
     */
    public static void main(String[] arguments) throws InterruptedException {
        ClusterMember member =
                new ClusterMember(
                        arguments[4],
                        Integer.parseInt(arguments[5]),
                        Arrays.stream(arguments).skip(6).map(Integer::valueOf).toList());
        EmbeddedKafka.startBehindProxy(
                Path.of(arguments[0]),
                member,
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]));
        Thread.currentThread().join();
    }
}
