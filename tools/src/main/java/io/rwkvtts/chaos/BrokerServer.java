package io.rwkvtts.chaos;

import io.rwkvtts.local.EmbeddedKafka;
import java.nio.file.Path;

/** Main of a Kafka broker in a process of its own. */
public final class BrokerServer {

    private BrokerServer() {}

    /**
     * Runs a broker until the process is killed.
     *
     * @param arguments data directory, made if it does not exist, and three ports: of the broker,
     *     of the broker for the proxy, of the proxy
     */
    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedKafka.startBehindProxy(
                Path.of(arguments[0]),
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]));
        Thread.currentThread().join();
    }
}
