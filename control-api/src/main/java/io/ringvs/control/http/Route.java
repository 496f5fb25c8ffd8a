package io.ringvs.control.http;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.netty.handler.codec.http.QueryStringDecoder;

/**
 * What a method does at the paths of one shape.
 *
 * @param template a path in which {@code {name}} stands for any one part
 */
record Route(String method, String template, Handler handler) {
    /** Carries a request out. */
    @FunctionalInterface
    interface Handler {
        Reply answer(Request request) throws Problem;
    }

    /** The open parts of the path by name, or null if it is of another shape. */
    Map<String, String> match(final List<String> path) {
        final List<String> parts = parts(template);
        if (parts.size() != path.size()) {
            return null;
        }
        final Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            final String part = parts.get(i);
            if (part.startsWith("{")) {
                parameters.put(part.substring(1, part.length() - 1), path.get(i));
            } else if (!part.equals(path.get(i))) {
                return null;
            }
        }
        return parameters;
    }

    /** The parts of a path, without the percent signs of RFC 3986. */
    static List<String> parts(final String path) {
        return List.of(path.split("/", -1)).stream()
            .map(part -> QueryStringDecoder.decodeComponent(part.replace("+", "%2B"), StandardCharsets.UTF_8)).toList();
    }
}
