package io.ringvs.control.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

/** {@code /v1/settings}: the run-time settings by name. */
final class SettingsResource {
    private final SettingsTable settings;

    SettingsResource(final SettingsTable settings) {
        this.settings = settings;
    }

    List<Route> routes() {
        return List.of(
            new Route("GET", "/v1/settings", request -> Reply.document(settings.values())),
            new Route("PATCH", "/v1/settings", this::change));
    }

    private Reply change(final Request request) throws Problem {
        final Map<String, String> changes = new LinkedHashMap<>();
        for (final Map.Entry<String, JsonNode> field : request.object().properties()) {
            if (!field.getValue().isIntegralNumber()) {
                throw Problem.invalid("a value here must be a whole number").within("/" + field.getKey());
            }
            changes.put(field.getKey(), field.getValue().asText());
        }
        try {
            settings.change(changes);
        } catch (final IllegalArgumentException e) {
            throw Problem.invalid(e.getMessage());
        }
        return Reply.document(settings.values()).changing();
    }
}
