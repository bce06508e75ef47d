package io.rwkvtts.gateway;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.client.KafkaProbe;
import io.rwkvtts.client.SpeechSettings;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * The server.
 *
 * <p>Owns its threads and connections, not the decoder that it is given. May be closed by any
 * thread.
 */
public final class Gateway implements AutoCloseable {

    private static final int HEADER_BYTES = 16 << 10;
    private static final int IDLE_SECONDS = 300;
    private static final long STALL_CHECK_MS = 500;

    private static final Pattern MALFORMED_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    /** Of the system, for each connection: some seconds of sound. */
    private static final int SEND_BUFFER_BYTES = 128 << 10;

    private final Vertx vertx;
    private final GatewaySettings settings;
    private final ApiKeys keys;
    private final GatewayMetrics metrics = new GatewayMetrics();
    private final AccessRules access;
    private final Connections connections;
    private final Utterances utterances;
    private final Readiness ready;
    private final Optional<WorkerKill> kill;
    private final AtomicBoolean closed = new AtomicBoolean();
    private HttpServer server;

    private Gateway(
            Vertx vertx,
            GatewaySettings settings,
            SpeechSettings speech,
            AudioDecoder decoder,
            Optional<WorkerKill> kill)
            throws IOException {
        this.vertx = vertx;
        this.settings = settings;
        this.kill = kill;
        keys = settings.keys().isPresent() ? ApiKeys.read(settings.keys().get()) : ApiKeys.NONE;
        access = new AccessRules(settings.listen().host(), settings.listen().allowedOrigins());
        connections = new Connections(metrics, settings.limits());
        utterances =
                new Utterances(
                        speech,
                        decoder,
                        Runtime.getRuntime().availableProcessors(),
                        metrics,
                        settings);
        vertx.setPeriodic(STALL_CHECK_MS, id -> utterances.endStalled());
        ready = new Readiness(vertx, new KafkaProbe(speech.kafka()), utterances::reading);
    }

    private static Vertx vertx() {
        return Vertx.vertx(
                new VertxOptions()
                        .setFileSystemOptions(
                                // No temporary directory.
                                new FileSystemOptions()
                                        .setFileCachingEnabled(false)
                                        .setClassPathResolvingEnabled(false)));
    }

    /**
     * Starts a gateway and waits until it listens.
     *
     * @param speech how to reach the job
     * @param decoder for as many calls at once as there are processors
     * @param kill the demo's button, empty for none
     * @throws IOException if the file of keys cannot be read, or the port is taken
     * @throws IllegalArgumentException if the file of keys is malformed, or the token topic does
     *     not exist
     * @throws org.apache.kafka.common.KafkaException if Kafka cannot be reached, or refuses
     */
    public static Gateway start(
            GatewaySettings settings,
            SpeechSettings speech,
            AudioDecoder decoder,
            Optional<WorkerKill> kill)
            throws IOException {
        Vertx vertx = vertx();
        Gateway gateway;
        try {
            gateway = new Gateway(vertx, settings, speech, decoder, kill);
        } catch (IOException | RuntimeException e) {
            close(vertx);
            throw e;
        }
        try {
            gateway.listen();
            return gateway;
        } catch (IOException | RuntimeException e) {
            gateway.close();
            throw e;
        }
    }

    private void listen() throws IOException {
        GatewaySettings.Listen listen = settings.listen();
        Router router = router();
        HttpServerOptions options =
                new HttpServerOptions()
                        .setHost(listen.host())
                        .setPort(listen.port())
                        .setMaxHeaderSize(HEADER_BYTES)
                        .setMaxInitialLineLength(HEADER_BYTES)
                        .setMaxWebSocketFrameSize(settings.limits().bodyBytes())
                        // A message of a few bytes could become gigabytes; sound gains nothing.
                        .setPerMessageWebSocketCompressionSupported(false)
                        .setPerFrameWebSocketCompressionSupported(false)
                        // With it, a connection would not be seen before its first request.
                        .setHttp2ClearTextEnabled(false)
                        .setSendBufferSize(SEND_BUFFER_BYTES)
                        .setIdleTimeout(IDLE_SECONDS);
        try {
            server =
                    vertx.createHttpServer(options)
                            .connectionHandler(connections::opened)
                            .requestHandler(request -> received(request, router))
                            .listen()
                            .toCompletionStage()
                            .toCompletableFuture()
                            .join();
        } catch (CompletionException e) {
            throw new IOException(
                    "the gateway cannot listen on %s:%d: %s"
                            .formatted(listen.host(), listen.port(), e.getCause().getMessage()),
                    e.getCause());
        }
    }

    /** Where it listens, such as {@code http://127.0.0.1:8080}. */
    public String address() {
        String host = settings.listen().host();
        return "http://%s:%d"
                .formatted(host.contains(":") ? "[" + host + "]" : host, server.actualPort());
    }

    /** Utterances that have not ended. */
    public int openUtterances() {
        return metrics.openUtterances();
    }

    private void received(HttpServerRequest request, Router router) {
        connections.head(request);
        if (MALFORMED_ESCAPE.matcher(request.uri()).find()) {
            Errors.send(
                    request.response(),
                    ApiError.http(400, "the path holds a % without two hexadecimal digits"));
        } else {
            router.handle(request);
        }
    }

    private Router router() {
        Router router = Router.router(vertx);
        router.route().handler(this::enter).failureHandler(Errors::failed);
        GatewaySettings.Limits limits = settings.limits();
        SpeechEndpoint speech = new SpeechEndpoint(utterances, keys, ready, limits.textChars());
        Catalog catalog = new Catalog(settings.catalog());
        post(router, "/v1/audio/speech", speech::speak);
        stream(router, "/v1/audio/speech/stream", this::upgrade);
        stream(router, "/v1/audio/speech/:id", speech::resume);
        post(router, "/api/tts", speech::legacy);
        get(router, "/v1/models", c -> json(c, catalog.models()));
        get(router, "/v1/audio/voices", c -> json(c, catalog.voices()));
        get(router, "/api/voice-clone/list", c -> json(c, catalog.cloned()));
        get(router, "/health", this::health);
        get(
                router,
                "/metrics",
                c ->
                        c.response()
                                .putHeader("Content-Type", GatewayMetrics.CONTENT_TYPE)
                                .end(metrics.text()));
        if (kill.isPresent()) {
            get(router, "/demo", c -> json(c, object().put("kill_worker", true)));
            router.post("/demo/kill-worker").handler(this::kill);
            refuseOthers(router, "/demo/kill-worker", "POST");
        }
        Page page = new Page();
        page.paths().forEach(path -> get(router, path, c -> page.send(c.response(), path)));
        for (int status : new int[] {400, 404, 413, 500}) {
            router.errorHandler(status, this::error);
        }
        return router;
    }

    /** Vert.x leaves out the body that a HEAD must not have. */
    private static void get(Router router, String path, Handler<RoutingContext> handler) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
        refuseOthers(router, path, "GET, HEAD");
    }

    /** What is generated for the one who asks has no head before that. */
    private static void stream(Router router, String path, Handler<RoutingContext> handler) {
        router.get(path).handler(handler);
        refuseOthers(router, path, "GET");
    }

    private void post(Router router, String path, Handler<RoutingContext> handler) {
        JsonBodies.post(router, path, settings.limits().bodyBytes())
                .handler(
                        context -> {
                            connections.received(context.request());
                            handler.handle(context);
                        });
        refuseOthers(router, path, "POST");
    }

    private static void refuseOthers(Router router, String path, String allowed) {
        router.route(path)
                .handler(
                        context -> {
                            context.response().putHeader("Allow", allowed);
                            throw ApiError.http(405, "no such method; allowed: " + allowed);
                        });
    }

    private void error(RoutingContext context) {
        if (context.failure() == null && context.statusCode() == 404) {
            Errors.send(context.response(), ApiError.http(404, "no such path"));
        } else {
            Errors.failed(context);
        }
    }

    private void enter(RoutingContext context) {
        access.check(context.request());
        String origin = access.allowOrigin(context.request());
        if (origin != null) {
            context.response()
                    .putHeader("Access-Control-Allow-Origin", origin)
                    .putHeader("Vary", "Origin")
                    .putHeader(
                            "Access-Control-Expose-Headers",
                            ResponseSink.REQUEST_ID + ", " + ResponseSink.FIRST_AUDIO_MS);
            if (context.request().method().name().equals("OPTIONS")) {
                context.response()
                        .putHeader("Access-Control-Allow-Methods", "GET, HEAD, POST")
                        .putHeader("Access-Control-Allow-Headers", "authorization, content-type")
                        .setStatusCode(204)
                        .end();
                return;
            }
        }
        context.next();
    }

    private void upgrade(RoutingContext context) {
        String tenant = keys.tenant(context.request().getHeader("Authorization"));
        if (context.request().getHeader("Upgrade") == null) {
            throw ApiError.http(426, "this is a WebSocket");
        }
        context.request()
                .toWebSocket()
                .onSuccess(
                        socket -> {
                            connections.received(context.request());
                            new SpeechSocket(
                                            socket,
                                            context.request().connection(),
                                            vertx.getOrCreateContext(),
                                            utterances,
                                            ready,
                                            tenant,
                                            settings.limits())
                                    .open();
                        })
                .onFailure(failure -> {});
    }

    private void health(RoutingContext context) {
        boolean healthy = ready.reachable() && ready.reading();
        context.response().setStatusCode(healthy ? 200 : 503);
        json(
                context,
                object().put("status", healthy ? "ok" : "unavailable")
                        .put("kafka", ready.reachable() ? "reachable" : "unreachable")
                        .put("tokens", ready.reading() ? "read" : "no longer read"));
    }

    private void kill(RoutingContext context) {
        keys.tenant(context.request().getHeader("Authorization"));
        vertx.<Void>executeBlocking(
                        () -> {
                            kill.orElseThrow().kill();
                            return null;
                        })
                .onSuccess(v -> json(context, object().put("killed", true)))
                .onFailure(context::fail);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static void json(RoutingContext context, ObjectNode body) {
        context.response().putHeader("Content-Type", "application/json").end(Json.buffer(body));
    }

    /** Closes all connections. Their requests continue, so that another gateway can resume them. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        utterances.leaveRunning();
        ready.close();
        close(vertx);
        utterances.close();
    }

    private static void close(Vertx vertx) {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
