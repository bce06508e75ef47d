package io.rwkvtts.process;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ServerProcessTest {

    /** Locks a file, leaves another, prints its id and serves for ever. */
    static final class Server {
        public static void main(String[] arguments) throws Exception {
            FileChannel.open(Path.of(arguments[0]), CREATE, WRITE).lock();
            Files.createTempFile("left", "over");
            System.out.println("serving " + ProcessHandle.current().pid());
            Thread.currentThread().join();
        }
    }

    /** Answers each connection, after it has told its port. */
    static final class Answering {
        public static void main(String[] arguments) throws Exception {
            try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                System.out.println(server.getLocalPort());
                while (true) {
                    try (Socket client = server.accept()) {
                        client.getOutputStream().write(1);
                    }
                }
            }
        }
    }

    /** Pauses a server and is killed before it can end that. */
    static final class PausingParent {
        public static void main(String[] arguments) throws Exception {
            Path locked = Path.of(arguments[0]);
            ServerProcess child =
                    server(locked.getParent(), "orphan", Server.class, locked.toString());
            child.start();
            awaitLine(child, 1);
            child.pause();
            System.out.println("paused");
            Thread.currentThread().join();
        }
    }

    /** Fails at once. */
    static final class Broken {
        public static void main(String[] arguments) {
            throw new IllegalArgumentException("cannot serve");
        }
    }

    /** Starts a server and is killed before it can end that. */
    static final class Parent {
        public static void main(String[] arguments) throws Exception {
            Path locked = Path.of(arguments[0]);
            ServerProcess child =
                    server(locked.getParent(), "orphan", Server.class, locked.toString());
            child.start();
            awaitLine(child, 1);
            System.out.println("started");
            Thread.currentThread().join();
        }
    }

    @TempDir private Path directory;
    private ServerProcess process;

    @AfterEach
    void close() {
        if (process != null) {
            process.close();
        }
    }

    private static ServerProcess server(
            Path directory, String name, Class<?> main, String argument) {
        return new ServerProcess(
                name,
                directory,
                List.of("-XX:+UseSerialGC", "-Xmx32m"),
                List.of(main.getName(), argument));
    }

    /** A line of a process's log, once it is there. */
    private static String awaitLine(ServerProcess server, int number) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> lines(server), lines -> lines.size() >= number)
                .get(number - 1);
    }

    private static List<String> lines(ServerProcess server) throws IOException {
        return Files.exists(server.log()) ? Files.readAllLines(server.log()) : List.of();
    }

    /** Whether a process holds the file; other than ids, locks go with a process at once. */
    private boolean isLocked() throws IOException {
        try (FileChannel file = FileChannel.open(locked(), CREATE, WRITE);
                FileLock lock = file.tryLock()) {
            return lock == null;
        }
    }

    private Path locked() {
        return directory.resolve("locked");
    }

    private Set<String> leftBehind() throws IOException {
        try (var files = Files.list(directory.resolve("server.tmp"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("left"))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void testKilledServerStartsAgainWithoutWhatItLeftAfter() throws Exception {
        process = server(directory, "server", Server.class, locked().toString());
        process.start();
        String first = awaitLine(process, 1);
        Set<String> firstFiles = leftBehind();
        assertThat(isLocked()).isTrue();

        process.kill();
        assertThat(isLocked()).isFalse();
        process.start();
        String second = awaitLine(process, 2);

        assertThat(second).startsWith("serving ").isNotEqualTo(first);
        assertThat(leftBehind()).hasSize(1).doesNotContainAnyElementsOf(firstFiles);
        process.requireAlive();
    }

    @Test
    void testServerThatEndsByItselfIsNamedWithItsLog() throws Exception {
        process = server(directory, "broken", Broken.class, "argument");
        process.start();

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () ->
                                assertThatThrownBy(process::requireAlive)
                                        .hasMessageContaining(
                                                "broken ended by itself with status 1")
                                        .hasMessageContaining("broken.log"));
        assertThat(process.log()).content().contains("cannot serve");
    }

    @Test
    void testClosedServerIsNotStartedAgain() throws Exception {
        process = server(directory, "server", Server.class, locked().toString());
        process.start();
        process.close();

        assertThatThrownBy(process::start).hasMessageContaining("not to be started");
    }

    static Stream<Arguments> parents() {
        // A paused server can't see by itself that its parent is gone.
        return Stream.of(
                Arguments.of(Parent.class, "started"), Arguments.of(PausingParent.class, "paused"));
    }

    @ParameterizedTest
    @MethodSource("parents")
    void testServerEndsWhenItsParentIsKilled(Class<?> parent, String line) throws Exception {
        process = server(directory, "parent", parent, locked().toString());
        process.start();
        assertThat(awaitLine(process, 1)).isEqualTo(line);
        assertThat(isLocked()).isTrue();

        process.kill();

        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !isLocked());
    }

    @Test
    void testPausedServerKeepsItsConnectionsAndAnswersWhenItIsResumed() throws Exception {
        process = server(directory, "server", Answering.class, "");
        process.start();
        int port = Integer.parseInt(awaitLine(process, 1));
        try (Socket before = connect(port)) {
            assertThat(before.getInputStream().read()).isOne();
        }

        process.pause();
        try (Socket paused = connect(port)) {
            paused.setSoTimeout(500);
            assertThatThrownBy(() -> paused.getInputStream().read())
                    .isInstanceOf(SocketTimeoutException.class);

            process.resume();
            paused.setSoTimeout(30_000);
            assertThat(paused.getInputStream().read()).isOne();
        }
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    @Test
    void testPausedServerCanBeKilledAndClosed() throws Exception {
        process = server(directory, "server", Server.class, locked().toString());
        process.start();
        awaitLine(process, 1);
        process.pause();
        process.kill();
        assertThat(isLocked()).isFalse();

        process.start();
        awaitLine(process, 2);
        process.pause();
        process.close();
        assertThat(isLocked()).isFalse();
    }

    @Test
    void testServerThatIsGoneCannotBePaused() throws Exception {
        process = server(directory, "server", Server.class, locked().toString());
        process.start();
        process.kill();

        assertThatThrownBy(process::pause)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("can't be stopped");
    }
}
