package io.rwkvtts.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpMethod;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.QueryStringDecoder;
import org.apache.flink.shaded.netty4.io.netty.util.NetUtil;

/**
 * Which requests Flink's REST API answers: reading for everybody who addresses it by its own name,
 * changing only for who has the token.
 *
 * <p>A web page in the user's browser can send requests to the loopback address. The browser names
 * the page in {@code Origin}; a page whose own name was made to lead to the loopback address (DNS
 * rebinding) shows in {@code Host}. Both are refused.
 */
public final class RestAccess {

    /**
     * Who sends it as {@code Authorization: Bearer …} may submit and cancel jobs; not set: nobody.
     * Flink shows no value of a key with "token" in it.
     */
    public static final ConfigOption<String> TOKEN =
            ConfigOptions.key("rest.access-token").stringType().noDefaultValue();

    private static final String SCHEME = "Bearer ";
    private static final int TOKEN_BYTES = 32;

    /** Paths under which a GET runs code or ends a job. */
    private static final List<String> CHANGED_BY_GET = List.of("/jars", "/yarn-");

    private final String token;
    private final String name;

    /**
     * @param config of the server: its token, and in {@code rest.address} its own name
     */
    RestAccess(ReadableConfig config) {
        token = config.get(TOKEN);
        name = config.get(RestOptions.ADDRESS);
    }

    /**
     * Closes a server for all but who gets these options, too: a new {@link #TOKEN}, and no buttons
     * in the dashboard, which would be refused.
     *
     * @param options of the server and of its clients
     */
    public static void openForOwner(Configuration options) {
        byte[] token = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(token);
        options.set(TOKEN, HexFormat.of().formatHex(token));
        options.set(WebOptions.SUBMIT_ENABLE, false);
        options.set(WebOptions.CANCEL_ENABLE, false);
        options.set(WebOptions.RESCALE_ENABLE, false);
    }

    /** The value of the header {@code Authorization} for a token. */
    static String authorization(String token) {
        return SCHEME + token;
    }

    /**
     * Why a request is refused; empty if it is not.
     *
     * @param local the address that the request came to
     */
    Optional<String> refusal(HttpRequest request, InetSocketAddress local) {
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() != 1 || !isOwn(hosts.get(0), local.getAddress())) {
            return Optional.of("the header Host is %s, not this server".formatted(hosts));
        }
        for (String origin : request.headers().getAll(HttpHeaderNames.ORIGIN)) {
            if (!isOwnOrigin(origin, hosts.get(0))) {
                return Optional.of("requests of pages of %s are not answered".formatted(origin));
            }
        }
        String path;
        try {
            path = path(request);
        } catch (IllegalArgumentException e) {
            return Optional.of("the path %s is not well-formed".formatted(request.uri()));
        }
        if (changes(request.method(), path) && !hasToken(request)) {
            return Optional.of(
                    "%s %s is closed: this Flink takes no jobs and no commands by REST"
                            .formatted(request.method(), request.uri()));
        }
        return Optional.empty();
    }

    private boolean isOwn(String hostAndPort, InetAddress local) {
        String host = hostAndPort.replaceFirst(":\\d*$", "");
        if (host.equalsIgnoreCase("localhost") || host.equalsIgnoreCase(name)) {
            return true;
        }
        // A literal address is looked up nowhere, so nobody can have made it lead here.
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
        if (literal == null) {
            return false;
        }
        try {
            InetAddress address = InetAddress.getByAddress(literal);
            return address.isLoopbackAddress() || address.equals(local);
        } catch (UnknownHostException e) {
            throw new AssertionError("four or sixteen bytes are an address", e);
        }
    }

    private static boolean isOwnOrigin(String origin, String host) {
        return origin.equalsIgnoreCase("http://" + host)
                || origin.equalsIgnoreCase("https://" + host);
    }

    private static boolean changes(HttpMethod method, String path) {
        boolean reads = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
        return !reads || CHANGED_BY_GET.stream().anyMatch(path::contains);
    }

    /**
     * The path as Flink's router reads it: decoded twice, and the same with and without a slash at
     * its begin.
     *
     * @throws IllegalArgumentException if it is not well-formed
     */
    private static String path(HttpRequest request) {
        String path = new QueryStringDecoder(request.uri()).path();
        return "/" + QueryStringDecoder.decodeComponent(path);
    }

    private boolean hasToken(HttpRequest request) {
        String given = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        return token != null
                && given != null
                && MessageDigest.isEqual(
                        given.getBytes(UTF_8), authorization(token).getBytes(UTF_8));
    }
}
