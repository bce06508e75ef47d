package io.rwkvtts.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.function.Consumer;

/**
 * A connection through a {@link LoopbackProxy}: the client's socket, one to the target, and a
 * thread for each direction. Owns all of them.
 */
final class ProxiedConnection {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final Socket client;
    private final Socket server = new Socket();
    private final int target;
    private final Valve toTarget;
    private final Valve fromTarget;
    private final Consumer<ProxiedConnection> onEnd;

    /**
     * Of a client that has connected; {@link #start} connects to the target.
     *
     * @param target port
     * @param toTarget passed by every piece of data to the target
     * @param fromTarget passed by every piece of data to the client
     * @param onEnd told when the connection is over
     */
    ProxiedConnection(
            Socket client,
            int target,
            Valve toTarget,
            Valve fromTarget,
            Consumer<ProxiedConnection> onEnd) {
        this.client = client;
        this.target = target;
        this.toTarget = toTarget;
        this.fromTarget = fromTarget;
        this.onEnd = onEnd;
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        daemon(this::run, "proxy-to-" + target).start();
    }

    private void run() {
        try {
            toTarget.pass();
            server.connect(new InetSocketAddress(LoopbackPorts.HOST, target));
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread back = daemon(() -> move(server, client, fromTarget), "proxy-from-" + target);
            back.start();
            move(client, server, toTarget);
            back.join();
            // Not with a reset, which would take back what has not arrived yet.
            client.close();
            server.close();
        } catch (IOException | InterruptedException e) {
            // Nobody listens there, or the link is cut.
            reset();
        } finally {
            onEnd.accept(this);
        }
    }

    /** Passes on all bytes of one direction, and their end. */
    private void move(Socket from, Socket to, Valve valve) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                valve.pass();
                out.write(buffer, 0, read);
            }
            valve.pass();
            to.shutdownOutput();
        } catch (IOException e) {
            // One side is gone: so is the other.
            reset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the connection with a reset on both sides; nothing if it is over. */
    void reset() {
        reset(client);
        reset(server);
    }

    private static void reset(Socket socket) {
        try (socket) {
            // Closing sends a reset, not an end.
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed.
        }
    }
}
