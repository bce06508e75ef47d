package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** Compares what a process listens on with what it prints. */
final class OpenPorts {

    private OpenPorts() {}

    /** Asserts that nothing can be reached from another machine, and everything was announced. */
    static void assertOnLoopbackAndPrinted(TtsProcess process) throws IOException {
        List<InetSocketAddress> listening = ListeningSockets.of(process.handle().pid());
        String out = process.out();
        assertThat(listening)
                .isNotEmpty()
                .allSatisfy(socket -> assertThat(socket.getAddress().isLoopbackAddress()).isTrue())
                .allSatisfy(socket -> assertThat(out).contains("127.0.0.1:" + socket.getPort()));
    }
}
