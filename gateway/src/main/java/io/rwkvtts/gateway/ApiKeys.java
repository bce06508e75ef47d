package io.rwkvtts.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who may use the gateway: keys from a file, a line each as {@code key tenant}; empty lines and
 * those that begin with # are left out. Without a file everybody may, as no tenant.
 */
final class ApiKeys {

    /** Everybody may. */
    static final ApiKeys NONE = new ApiKeys(List.of());

    private static final String SCHEME = "Bearer ";
    private static final int FEWEST_KEY_CHARS = 16;
    private static final Pattern LINE =
            Pattern.compile("(?<key>[\\x21-\\x7e]+)\\s+(?<tenant>[A-Za-z0-9_.-]{1,64})");

    private record Key(byte[] digest, String tenant) {}

    private final List<Key> keys;

    private ApiKeys(List<Key> keys) {
        this.keys = keys;
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if a line is malformed, a key short or there twice, or there
     *     is none; shows no key
     */
    static ApiKeys read(Path file) throws IOException {
        List<Key> keys = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file, UTF_8)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Matcher matcher = LINE.matcher(line.strip());
            if (!matcher.matches() || matcher.group("key").length() < FEWEST_KEY_CHARS) {
                throw new IllegalArgumentException(
                        "%s, line %d: expected a key of at least %d characters and a tenant of letters, digits, '_', '.' and '-'"
                                .formatted(file, number, FEWEST_KEY_CHARS));
            }
            byte[] digest = digest(matcher.group("key"));
            if (keys.stream().anyMatch(key -> MessageDigest.isEqual(key.digest(), digest))) {
                throw new IllegalArgumentException(
                        "%s, line %d: the key is in the file already".formatted(file, number));
            }
            keys.add(new Key(digest, matcher.group("tenant")));
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("%s holds no key".formatted(file));
        }
        return new ApiKeys(List.copyOf(keys));
    }

    /** Whether a key is asked for. */
    boolean required() {
        return !keys.isEmpty();
    }

    /**
     * Whose request it is; takes the same time for every key.
     *
     * @param authorization the header, null if there is none
     * @return null if no key is asked for
     * @throws ApiError if one is, and this is none
     */
    String tenant(String authorization) {
        if (!required()) {
            return null;
        }
        String tenant = null;
        if (authorization != null
                && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            byte[] given = digest(authorization.substring(SCHEME.length()).strip());
            for (Key key : keys) {
                // All are compared, so that the time does not tell which one was near.
                boolean same = MessageDigest.isEqual(key.digest(), given);
                tenant = same ? key.tenant() : tenant;
            }
        }
        if (tenant == null) {
            throw ApiError.unauthorized(
                    "expected Authorization: Bearer with a key of this gateway");
        }
        return tenant;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
