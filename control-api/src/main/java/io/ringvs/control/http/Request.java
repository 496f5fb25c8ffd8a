package io.ringvs.control.http;

import java.io.InputStream;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.netty.buffer.ByteBufInputStream;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;

/** A request that has found its route. */
final class Request {
    private final FullHttpRequest request;
    private final Map<String, String> parameters;

    /** @param parameters the parts of the path that the route leaves open, by name */
    Request(final FullHttpRequest request, final Map<String, String> parameters) {
        this.request = request;
        this.parameters = parameters;
    }

    String parameter(final String name) {
        return parameters.get(name);
    }

    /** The body, which must be an object. */
    ObjectNode object() throws Problem {
        if (Json.parse(text()) instanceof ObjectNode object) {
            return object;
        }
        throw Problem.invalid("the body must be an object");
    }

    <T> T body(final Class<T> type) throws Problem {
        return Json.read(text(), type);
    }

    private InputStream text() throws Problem {
        final String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "application/json");
        if (!type.matches("(?i)application/(json|merge-patch\\+json)\\s*(;.*)?")) {
            throw Problem.of(HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
                "the body must be of type application/json, not " + type + " (with curl: --json, or"
                    + " -H 'Content-Type: application/json')");
        }
        return new ByteBufInputStream(request.content());
    }

    /**
     * Compares what the client believes with what is.
     *
     * @param tag    ETag of what is, or null if there is nothing of that name
     * @throws Problem if the request is to be carried out only for something else
     */
    void checkMatch(final String tag) throws Problem {
        final String wanted = request.headers().get(HttpHeaderNames.IF_MATCH);
        if (wanted != null && !matches(wanted, tag)) {
            throw Problem.of(HttpResponseStatus.PRECONDITION_FAILED,
                "somebody else has changed this since: its ETag is now " + tag + "; read it again");
        }
        final String unwanted = request.headers().get(HttpHeaderNames.IF_NONE_MATCH);
        if (unwanted != null && matches(unwanted, tag)) {
            throw Problem.of(HttpResponseStatus.PRECONDITION_FAILED, "there is such a thing already");
        }
    }

    /** Whether the client has what has this ETag. */
    boolean isKnown(final String tag) {
        final String known = request.headers().get(HttpHeaderNames.IF_NONE_MATCH);
        return known != null && matches(known, tag);
    }

    /** RFC 9110 section 13.1.1; weak tags are never given, so none matches. */
    private static boolean matches(final String list, final String tag) {
        if (tag == null) {
            return false;
        }
        for (final String each : list.split(",")) {
            if (each.strip().equals("*") || each.strip().equals(tag)) {
                return true;
            }
        }
        return false;
    }
}
