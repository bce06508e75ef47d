package io.rwkvtts.chaos;

import io.rwkvtts.local.EmbeddedKafka;
import java.nio.file.Path;

/** Main of a Kafka broker in a process of its own. */
public final class BrokerServer {

    private BrokerServer() {}

    /**
     * Runs a broker until the process is killed.
     *
     * @param arguments data directory, made if it does not exist, and port
     */
    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedKafka.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        Thread.currentThread().join();
    }
}
