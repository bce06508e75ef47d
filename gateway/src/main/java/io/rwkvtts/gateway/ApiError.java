package io.rwkvtts.gateway;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Why a request is not served, in the form that clients of OpenAI's interface know.
 *
 * <p>The messages are for the client. They never hold the text of a request.
 */
final class ApiError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final String param;

    private ApiError(int status, String type, String param, String message) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.param = param;
    }

    /**
     * A field that cannot be served.
     *
     * @param param the field's name, null if it is not one field
     */
    static ApiError invalid(String param, String message) {
        return new ApiError(400, "invalid_request_error", param, message);
    }

    static ApiError unauthorized(String message) {
        return new ApiError(401, "authentication_error", null, message);
    }

    static ApiError forbidden(String message) {
        return new ApiError(403, "permission_error", null, message);
    }

    static ApiError notFound(String message) {
        return new ApiError(404, "not_found_error", null, message);
    }

    /** The job, or Kafka, cannot take the request now. */
    static ApiError unavailable(String message) {
        return new ApiError(503, "overloaded_error", null, message);
    }

    static ApiError deadline() {
        return new ApiError(
                504, "timeout_error", "budget_ms", "the budget ended before the first audio");
    }

    static ApiError internal(String message) {
        return new ApiError(500, "server_error", null, message);
    }

    /** One of HTTP's own, such as 405 or 413. */
    static ApiError http(int status, String message) {
        return new ApiError(status, "invalid_request_error", null, message);
    }

    int status() {
        return status;
    }

    /** The body: {@code {"error": {"message", "type", "param", "code"}}}. */
    ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("error", json());
        return body;
    }

    /** What stands in the body under {@code error}. */
    ObjectNode json() {
        ObjectNode error = JsonNodeFactory.instance.objectNode();
        error.put("message", getMessage());
        error.put("type", type);
        error.put("param", param);
        error.putNull("code");
        return error;
    }
}
