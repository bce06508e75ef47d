package io.rwkvtts.gateway;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/**
 * Which pages of the web a browser may let talk to the gateway: its own, and those of the origins
 * that are named. What CORS does not cover, a POST and a WebSocket, is refused here.
 *
 * <p>A page whose own name was made to lead to the loopback address (DNS rebinding) shows in {@code
 * Host}: a gateway on the loopback address answers to its own names only.
 */
final class AccessRules {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

    private final boolean loopback;
    private final Set<String> allowedOrigins;

    /**
     * @param host that the gateway listens on
     * @param allowedOrigins as {@link #origin} gives them
     */
    AccessRules(String host, Set<String> allowedOrigins) {
        this.loopback = LOOPBACK.contains(host);
        this.allowedOrigins = allowedOrigins;
    }

    /**
     * An origin as browsers send it: in small letters, and without the port that its scheme has
     * anyway.
     *
     * @throws IllegalArgumentException if it is none
     */
    static String origin(String given) {
        String expected = "; expected one such as https://example.org";
        if (given.equals("*")) {
            throw new IllegalArgumentException(
                    "the origin * would let every page use the gateway through its readers'"
                            + " browsers"
                            + expected);
        }
        URI uri;
        try {
            uri = new URI(given.toLowerCase(Locale.ROOT));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(given + " is no origin" + expected, e);
        }
        if (uri.getScheme() == null || uri.getHost() == null || uri.getUserInfo() != null) {
            throw new IllegalArgumentException(given + " is no origin" + expected);
        }
        if (!uri.getRawPath().isEmpty()
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    given + " is no origin: it continues after the host" + expected);
        }
        boolean usual = uri.getPort() < 0 || uri.getPort() == defaultPort(uri);
        return uri.getScheme() + "://" + uri.getHost() + (usual ? "" : ":" + uri.getPort());
    }

    /**
     * Checks a request.
     *
     * @throws ApiError if it is refused
     */
    void check(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        if (authority == null) {
            throw ApiError.http(400, "the header Host is missing or malformed");
        }
        String host = authority.host().toLowerCase(Locale.ROOT);
        if (loopback && !LOOPBACK.contains(host)) {
            throw ApiError.forbidden("the header Host is not one of this gateway's names");
        }
        String origin = request.getHeader("Origin");
        if (origin != null && changes(request) && !isOwn(origin, authority) && !isAllowed(origin)) {
            throw ApiError.forbidden("requests of this page's origin are not answered");
        }
    }

    /** The value of {@code Access-Control-Allow-Origin}; null for none. */
    String allowOrigin(HttpServerRequest request) {
        String origin = request.getHeader("Origin");
        return origin != null && isAllowed(origin) ? origin : null;
    }

    private boolean isAllowed(String origin) {
        return allowedOrigins.contains(origin.toLowerCase(Locale.ROOT));
    }

    private static boolean changes(HttpServerRequest request) {
        boolean reads =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        return !reads || request.getHeader("Upgrade") != null;
    }

    private static boolean isOwn(String origin, HostAndPort authority) {
        try {
            URI uri = new URI(origin);
            return uri.getHost() != null
                    && uri.getHost().equalsIgnoreCase(authority.host())
                    && port(uri) == (authority.port() < 0 ? defaultPort(uri) : authority.port());
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static int port(URI uri) {
        return uri.getPort() < 0 ? defaultPort(uri) : uri.getPort();
    }

    private static int defaultPort(URI uri) {
        return "https".equals(uri.getScheme()) ? 443 : 80;
    }
}
