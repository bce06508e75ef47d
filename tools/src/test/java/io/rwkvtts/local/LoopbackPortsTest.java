package io.rwkvtts.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class LoopbackPortsTest {

    @Test
    void testZeroChoosesAFreePort() throws IOException {
        int port = LoopbackPorts.choose(0, "--port");

        try (ServerSocket socket =
                new ServerSocket(port, 1, InetAddress.getByName(LoopbackPorts.HOST))) {
            assertThat(socket.getLocalPort()).isEqualTo(port);
        }
    }

    @Test
    void testFreePortIsKept() {
        int port = LoopbackPorts.choose(0, "--port");

        assertThat(LoopbackPorts.choose(port, "--port")).isEqualTo(port);
    }

    @Test
    void testBusyPortIsNamedWithItsOption() throws IOException {
        try (ServerSocket socket =
                new ServerSocket(0, 1, InetAddress.getByName(LoopbackPorts.HOST))) {
            int port = socket.getLocalPort();

            assertThatThrownBy(() -> LoopbackPorts.choose(port, "--kafka-port"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("port " + port + " (--kafka-port)")
                    .hasMessageContaining("set --kafka-port to another port");
        }
    }

    @Test
    void testLastingPortIsFreeAndNoneOfThoseForOutgoingConnections() {
        int port = LoopbackPorts.chooseLasting();

        assertThat(port).isBetween(20_000, 32_767);
        assertThat(LoopbackPorts.choose(port, "--port")).isEqualTo(port);
    }

    @Test
    void testPortBeyondTheRangeIsRefused() {
        assertThatThrownBy(() -> LoopbackPorts.choose(65_536, "--port"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--port is 65536; expected 1 to 65535, or 0 for a free port");
        assertThatThrownBy(() -> LoopbackPorts.choose(-1, "--port"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
