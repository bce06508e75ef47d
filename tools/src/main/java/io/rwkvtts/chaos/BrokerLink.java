package io.rwkvtts.chaos;

import io.rwkvtts.local.LoopbackProxy;
import java.io.IOException;
import java.util.List;

/**
 * The link between the Flink processes and all brokers. Owns the proxies. Safe for use by several
 * threads.
 */
final class BrokerLink implements AutoCloseable {

    private final List<LoopbackProxy> proxies;

    /**
     * @param proxies one for each broker
     */
    BrokerLink(List<LoopbackProxy> proxies) {
        this.proxies = List.copyOf(proxies);
    }

    /** Resets all connections and refuses new ones. */
    void reject() throws IOException {
        for (LoopbackProxy proxy : proxies) {
            proxy.reject();
        }
    }

    /** Holds back all bytes, in both directions. */
    void drop() {
        proxies.forEach(LoopbackProxy::drop);
    }

    /** Holds back what the Flink processes send. */
    void dropRequests() {
        proxies.forEach(LoopbackProxy::dropToTarget);
    }

    /** Holds back what the brokers send. */
    void dropResponses() {
        proxies.forEach(LoopbackProxy::dropFromTarget);
    }

    /** Ends all of these. */
    void heal() throws IOException {
        for (LoopbackProxy proxy : proxies) {
            proxy.heal();
        }
    }

    @Override
    public void close() {
        proxies.forEach(LoopbackProxy::close);
    }
}
