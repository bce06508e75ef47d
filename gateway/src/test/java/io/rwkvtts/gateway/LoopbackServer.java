package io.rwkvtts.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A Vert.x server on the loopback address, and a client that sends it any bytes. */
final class LoopbackServer implements AutoCloseable {

    private static final int READ_TIMEOUT_MS = 30_000;

    private final Vertx vertx;
    private final HttpServer server;

    LoopbackServer(
            Vertx vertx, Consumer<HttpConnection> connections, Consumer<HttpServerRequest> requests)
            throws Exception {
        this.vertx = vertx;
        server =
                vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false))
                        .connectionHandler(connections::accept)
                        .requestHandler(requests::accept)
                        .listen(0, "127.0.0.1")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS);
    }

    int port() {
        return server.actualPort();
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(READ_TIMEOUT_MS);
        return socket;
    }

    /** The status of the answer to a request; 0 for none. */
    int status(String head) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(head.getBytes(US_ASCII));
            byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return line.length == 0 ? 0 : Integer.parseInt(new String(line, US_ASCII).substring(9));
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
