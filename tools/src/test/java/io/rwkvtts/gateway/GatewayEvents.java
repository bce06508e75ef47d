package io.rwkvtts.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Server-sent events. */
final class GatewayEvents {

    private GatewayEvents() {}

    static List<JsonNode> of(byte[] body) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String event : new String(body, StandardCharsets.UTF_8).split("\n\n")) {
            events.add(GatewayFixture.JSON.readTree(event.substring("data: ".length())));
        }
        return events;
    }
}
