package io.rwkvtts.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LoopbackProxyTest {

    private static final int SILENCE_MS = 300;
    private static final int TIMEOUT_MS = 30_000;

    private ServerSocket echo;
    private Thread echoing;
    private LoopbackProxy proxy;
    private int port;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 50, InetAddress.getByName(LoopbackPorts.HOST));
        echoing = startThread(this::acceptAll);
        port = LoopbackPorts.chooseLasting();
        proxy = new LoopbackProxy(port, echo.getLocalPort());
    }

    @AfterEach
    void close() throws Exception {
        proxy.close();
        closeEcho();
    }

    /** The port is closed when its thread has left accept, not before. */
    private void closeEcho() throws Exception {
        echo.close();
        echoing.join();
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket client = echo.accept();
                startThread(() -> echo(client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void echo(Socket client) {
        try (client) {
            client.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            // Reset.
        }
    }

    private static Thread startThread(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(LoopbackPorts.HOST, port);
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    private static int exchange(Socket socket, int value) throws IOException {
        socket.getOutputStream().write(value);
        return socket.getInputStream().read();
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(SILENCE_MS);
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(TIMEOUT_MS);
    }

    @Test
    void testBytesPassInBothDirectionsToTheirEnd() throws IOException {
        byte[] sent = new byte[300_000];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) (i * 31);
        }
        try (Socket socket = connect();
                Socket other = connect()) {
            startThread(
                    () -> {
                        try {
                            socket.getOutputStream().write(sent);
                            socket.shutdownOutput();
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                    });
            assertThat(exchange(other, 7)).isEqualTo(7);
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(sent);
        }
    }

    @Test
    void testRejectedLinkResetsConnectionsAndRefusesNewOnesUntilItIsHealed() throws IOException {
        try (Socket socket = connect()) {
            assertThat(exchange(socket, 1)).isOne();

            proxy.reject();

            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        }
        proxy.heal();
        try (Socket socket = connect()) {
            assertThat(exchange(socket, 2)).isEqualTo(2);
        }
    }

    @Test
    void testDroppingLinkIsSilentAndDeliversWhenItIsHealed() throws IOException {
        try (Socket socket = connect()) {
            assertThat(exchange(socket, 1)).isOne();

            proxy.drop();

            socket.getOutputStream().write(2);
            assertSilent(socket);
            try (Socket later = connect()) {
                later.getOutputStream().write(3);
                assertSilent(later);

                proxy.heal();

                assertThat(socket.getInputStream().read()).isEqualTo(2);
                assertThat(later.getInputStream().read()).isEqualTo(3);
            }
        }
    }

    @Test
    void testLinkThatDropsInOneDirectionCarriesTheOther() throws Exception {
        closeEcho();
        try (ServerSocket target = new ServerSocket()) {
            target.bind(new InetSocketAddress(LoopbackPorts.HOST, echo.getLocalPort()));
            try (Socket client = connect();
                    Socket server = target.accept()) {
                server.setSoTimeout(TIMEOUT_MS);

                proxy.dropToTarget();
                client.getOutputStream().write(1);
                server.getOutputStream().write(2);
                assertThat(client.getInputStream().read()).isEqualTo(2);
                assertSilent(server);
                proxy.heal();
                assertThat(server.getInputStream().read()).isOne();

                proxy.dropFromTarget();
                client.getOutputStream().write(3);
                server.getOutputStream().write(4);
                assertThat(server.getInputStream().read()).isEqualTo(3);
                assertSilent(client);
                proxy.heal();
                assertThat(client.getInputStream().read()).isEqualTo(4);
            }
        }
    }

    @Test
    void testTargetThatIsGoneResetsTheConnection() throws Exception {
        closeEcho();
        try (Socket socket = connect()) {
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class);
        }
    }

    @Test
    void testBusyPortIsRefused() {
        assertThatThrownBy(() -> new LoopbackProxy(port, 1)).isInstanceOf(IOException.class);
    }
}
