package io.rwkvtts.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports of the loopback address. */
public final class LoopbackPorts {

    /** The address that the embedded servers listen on. */
    public static final String HOST = "127.0.0.1";

    /** Below, systems do not choose ports for outgoing connections: Linux begins at 32768. */
    private static final int FIRST_LASTING = 20_000;

    private static final int LAST_LASTING = 32_767;
    private static final int ATTEMPTS = 100;

    private LoopbackPorts() {}

    /**
     * A free port for a server that is to be started again on the same one. Any other free port
     * could meanwhile become the near end of somebody's connection, even of a client that tries to
     * reach the server.
     *
     * @throws IllegalStateException if none is found
     */
    public static int chooseLasting() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_LASTING, LAST_LASTING + 1);
            try {
                return choose(port, "port");
            } catch (IllegalArgumentException e) {
                // Somebody listens there.
            }
        }
        throw new IllegalStateException(
                "no free port of %s was found between %d and %d"
                        .formatted(HOST, FIRST_LASTING, LAST_LASTING));
    }

    /**
     * The port to listen on: {@code port} itself, or a free one if it is 0.
     *
     * @param option what a user sets to change the port; named in errors
     * @throws IllegalArgumentException if the port is not in [0, 65535], or another process or
     *     server listens there
     */
    public static int choose(int port, String option) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException(
                    "%s is %d; expected 1 to 65535, or 0 for a free port".formatted(option, port));
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    ("port %d (%s) cannot be opened on %s: %s. Stop what listens there, or set %s to"
                                    + " another port or 0 for a free one")
                            .formatted(port, option, HOST, e.getMessage(), option),
                    e);
        }
    }
}
