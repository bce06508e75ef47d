package io.rwkvtts.gateway;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers that are errors. */
final class Errors {

    private static final Logger LOG = LoggerFactory.getLogger(Errors.class);
    private static final int RETRY_AFTER_SECONDS = 1;

    private Errors() {}

    static void send(HttpServerResponse response, ApiError error) {
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(error.status()).putHeader("Content-Type", "application/json");
        if (error.status() == 503) {
            response.putHeader("Retry-After", Integer.toString(RETRY_AFTER_SECONDS));
        }
        if (error.status() == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        }
        response.end(Json.buffer(error.body()));
    }

    /** What became of a request that a handler gave up. */
    static void failed(RoutingContext context) {
        Throwable failure = context.failure();
        if (context.response().closed()) {
            LOG.debug("The client has left", failure);
        } else if (context.response().headWritten()) {
            context.response().reset();
        } else if (failure instanceof ApiError error) {
            send(context.response(), error);
        } else if (context.statusCode() == 413) {
            context.response().putHeader("Connection", "close");
            send(context.response(), ApiError.http(413, "the body is too large"));
        } else if (context.statusCode() >= 400 && context.statusCode() < 500) {
            send(context.response(), ApiError.http(context.statusCode(), "bad request"));
        } else {
            LOG.error("A request failed", failure);
            send(context.response(), ApiError.internal("internal error"));
        }
    }
}
