package io.rwkvtts.gateway;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Locale;
import java.util.Set;

/**
 * Receives bodies, which are JSON whatever they are labelled: {@code curl -d} calls everything a
 * form. Other labels are refused.
 */
final class JsonBodies {

    private static final Set<String> LABELS =
            Set.of("application/json", "application/x-www-form-urlencoded", "text/plain");

    private JsonBodies() {}

    /**
     * A route for requests with a body.
     *
     * @param mostBytes of the body; 413 for more
     * @return takes the handlers of what has come whole
     */
    static Route post(Router router, String path, long mostBytes) {
        // A route of its own: Vert.x wants nothing before the body on that of the body.
        router.post(path).handler(JsonBodies::check);
        return router.post(path).handler(BodyHandler.create(false).setBodyLimit(mostBytes));
    }

    /**
     * Checks the label of a body before it is received, and takes it off: Vert.x would take the
     * body apart as a form, and fail at a percent sign.
     *
     * @throws ApiError with 415 for another than JSON's
     */
    private static void check(RoutingContext context) {
        HttpServerRequest request = context.request();
        String type = request.getHeader("Content-Type");
        String coding = request.getHeader("Content-Encoding");
        if (type != null && !LABELS.contains(essence(type))) {
            throw ApiError.http(415, "the body's Content-Type is not application/json");
        }
        if (coding != null && !coding.equalsIgnoreCase("identity")) {
            throw ApiError.http(415, "a body with a Content-Encoding is not taken");
        }
        request.headers().remove("Content-Type");
        context.next();
    }

    private static String essence(String type) {
        return type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }
}
