package io.rwkvtts.gateway;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The page and what belongs to it, from the class path. Kept in memory: Vert.x's own handler would
 * copy the files into a temporary directory, and look for them where the process was started first.
 */
final class Page {

    private static final String INDEX = "index.html";
    private static final List<String> FILES =
            List.of(INDEX, "page.css", "page.js", "connection.js", "player.js", "recording.js");

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; media-src 'self' blob:; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'";

    private final Map<String, Buffer> files = new HashMap<>();

    Page() {
        for (String name : FILES) {
            files.put("/" + name, read(name));
        }
        files.put("/", files.get("/" + INDEX));
    }

    private static Buffer read(String name) {
        try (InputStream in = Page.class.getResourceAsStream("page/" + name)) {
            return Buffer.buffer(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("the page cannot be read from the class path", e);
        }
    }

    /** Its paths, such as {@code /page.js}. */
    Set<String> paths() {
        return files.keySet();
    }

    /** Answers with what is at one of the paths. */
    void send(HttpServerResponse response, String path) {
        response.putHeader("Content-Type", contentType(path))
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cache-Control", "no-cache")
                .end(files.get(path));
    }

    private static String contentType(String path) {
        if (path.endsWith(".js")) {
            return "text/javascript;charset=utf-8";
        }
        return path.endsWith(".css") ? "text/css;charset=utf-8" : "text/html;charset=utf-8";
    }
}
