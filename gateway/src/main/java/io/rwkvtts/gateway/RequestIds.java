package io.rwkvtts.gateway;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Ids of the gateway's requests: {@code gw-}, the tenant if there is one, and 128 random bits, so
 * that nobody can guess one, and every gateway can tell whose it is.
 */
final class RequestIds {

    private static final String PREFIX = "gw-";
    private static final char BEFORE_RANDOM = '~';
    private static final int RANDOM_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private RequestIds() {}

    /**
     * A new id.
     *
     * @param tenant null for none
     */
    static String next(String tenant) {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        String random = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return PREFIX + (tenant == null ? "" : tenant) + BEFORE_RANDOM + random;
    }

    /**
     * Whether a tenant may hear the request.
     *
     * @param tenant null for none
     */
    static boolean belongsTo(String id, String tenant) {
        int end = id.lastIndexOf(BEFORE_RANDOM);
        return end >= PREFIX.length()
                && id.startsWith(PREFIX)
                && id.substring(PREFIX.length(), end).equals(tenant == null ? "" : tenant)
                && id.substring(end + 1).matches("[A-Za-z0-9_-]{22}");
    }
}
