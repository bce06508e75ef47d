package io.rwkvtts.chaos;

import io.rwkvtts.local.LoopbackPorts;

/**
 * A broker and its ports, which stay the same when it is started again.
 *
 * @param id from 1
 * @param port of clients that reach it directly
 * @param proxiedPort of the proxy
 * @param proxyPort of the clients of the proxy
 * @param controllerPort of the other brokers
 */
record ChaosBroker(int id, int port, int proxiedPort, int proxyPort, int controllerPort) {

    /** A broker on free ports. */
    static ChaosBroker choosePorts(int id) {
        return new ChaosBroker(
                id,
                LoopbackPorts.chooseLasting(),
                LoopbackPorts.chooseLasting(),
                LoopbackPorts.chooseLasting(),
                LoopbackPorts.chooseLasting());
    }

    /** Name of its process. */
    String name() {
        return "broker-" + id;
    }
}
