package io.rwkvtts.local;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;

/**
 * A TCP proxy between two ports of the loopback address: a network link that can be cut.
 *
 * <p>{@link #reject} is what a firewall does that answers: connections are reset, new ones refused.
 * {@link #drop} is what a dead cable does: nothing arrives any more, and neither end is told;
 * {@link #dropToTarget} and {@link #dropFromTarget} do so in one direction. What was sent meanwhile
 * arrives after {@link #heal}, as TCP would send it again.
 *
 * <p>Owns the connections and their threads. Safe for use by several threads.
 */
public final class LoopbackProxy implements AutoCloseable {

    private final int port;
    private final int target;
    private final Set<ProxiedConnection> connections = new HashSet<>();
    private final Valve toTarget = new Valve();
    private final Valve fromTarget = new Valve();
    private ServerSocket server;
    private Thread acceptor;

    /**
     * Listens.
     *
     * @param port to listen on
     * @param target port to pass connections on to
     * @throws IOException if {@code port} is in use
     */
    public LoopbackProxy(int port, int target) throws IOException {
        this.port = port;
        this.target = target;
        listen();
    }

    private synchronized void listen() throws IOException {
        ServerSocket listening = new ServerSocket();
        listening.bind(new InetSocketAddress(LoopbackPorts.HOST, port));
        server = listening;
        acceptor = ProxiedConnection.daemon(() -> accept(listening), "proxy-" + port);
        acceptor.start();
    }

    private void accept(ServerSocket listening) {
        try {
            while (true) {
                connect(listening, listening.accept());
            }
        } catch (IOException e) {
            // Rejecting, or closed.
        }
    }

    private synchronized void connect(ServerSocket listening, Socket client) {
        ProxiedConnection connection =
                new ProxiedConnection(client, target, toTarget, fromTarget, this::ended);
        if (listening.isClosed()) {
            connection.reset();
        } else {
            connections.add(connection);
            connection.start();
        }
    }

    private synchronized void ended(ProxiedConnection connection) {
        connections.remove(connection);
    }

    /** Resets all connections and refuses new ones. */
    public void reject() throws IOException {
        awaitEnd(stopListening());
    }

    private synchronized Thread stopListening() throws IOException {
        server.close();
        Set.copyOf(connections).forEach(ProxiedConnection::reset);
        openValves();
        return acceptor;
    }

    /** The kernel keeps a closed port open for as long as a thread is inside its accept. */
    private static void awaitEnd(Thread acceptor) throws InterruptedIOException {
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the port closes");
        }
    }

    /** Holds back all bytes, in both directions; new connections are made, but stay silent. */
    public void drop() {
        dropToTarget();
        dropFromTarget();
    }

    /** Holds back what clients send, and what they would connect with; answers arrive. */
    public void dropToTarget() {
        toTarget.close();
    }

    /** Holds back what the target sends; what clients send arrives. */
    public void dropFromTarget() {
        fromTarget.close();
    }

    private void openValves() {
        toTarget.open();
        fromTarget.open();
    }

    /** Ends {@link #reject} and each drop. */
    public synchronized void heal() throws IOException {
        openValves();
        if (server.isClosed()) {
            listen();
        }
    }

    /** Ends all connections. */
    @Override
    public void close() {
        try {
            reject();
        } catch (IOException e) {
            throw new UncheckedIOException("port %d can't be closed".formatted(port), e);
        }
    }
}
