package io.rwkvtts.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The lists of what there is: models and voices, in the forms that clients know. */
final class Catalog {

    private static final List<String> USUAL = List.of("default", "female", "male");

    private final GatewaySettings.Catalog settings;

    Catalog(GatewaySettings.Catalog settings) {
        this.settings = settings;
    }

    /** {@code GET /v1/models}. */
    ObjectNode models() {
        ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
        list.putArray("data")
                .addObject()
                .put("id", settings.model())
                .put("object", "model")
                .put("created", 0)
                .put("owned_by", "flink-rwkv-tts");
        return list;
    }

    /** {@code GET /v1/audio/voices}. */
    ObjectNode voices() {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        ArrayNode voices = object.putArray("voices");
        List<String> all = new ArrayList<>(USUAL);
        all.addAll(settings.voices());
        all.forEach(voices::add);
        return object;
    }

    /** {@code GET /api/voice-clone/list}: reference voices only. */
    ObjectNode cloned() {
        ObjectNode object = JsonNodeFactory.instance.objectNode().put("success", true);
        ArrayNode voices = object.putArray("voices");
        settings.voices().forEach(id -> voices.addObject().put("id", id).put("name", id));
        return object;
    }
}
