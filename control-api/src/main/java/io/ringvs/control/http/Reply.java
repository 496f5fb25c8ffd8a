package io.ringvs.control.http;

import java.util.HashMap;
import java.util.Map;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * An answer that is ready to be sent.
 *
 * @param body    null if {@code pieces} are sent in its place
 * @param pieces  a long body a piece at a time, or null
 * @param headers besides those of every answer
 * @param changed whether something was changed that has to be in effect before the answer is sent
 */
record Reply(HttpResponseStatus status, byte[] body, Pieces pieces, Map<String, String> headers, boolean changed) {
    private static final String TYPE = "content-type";
    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";
    private static final byte[] EMPTY = {};

    Reply {
        headers = Map.copyOf(headers);
    }

    static Reply document(final Object document) {
        return json(Json.bytes(document));
    }

    static Reply json(final byte[] body) {
        return new Reply(HttpResponseStatus.OK, body, null, Map.of(TYPE, JSON), false);
    }

    static Reply problem(final Problem problem) {
        return new Reply(problem.status(), Json.bytes(problem.document()), null, Map.of(TYPE, PROBLEM), false);
    }

    /** A body of JSON that is made as fast as the client takes it. */
    static Reply stream(final Pieces pieces) {
        return new Reply(HttpResponseStatus.OK, null, pieces, Map.of(TYPE, JSON), false);
    }

    /** A change that has nothing to show. */
    static Reply changedToNothing() {
        return new Reply(HttpResponseStatus.NO_CONTENT, EMPTY, null, Map.of(), true);
    }

    static Reply notModified() {
        return new Reply(HttpResponseStatus.NOT_MODIFIED, EMPTY, null, Map.of(), false);
    }

    Reply with(final String name, final String value) {
        final Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new Reply(status, body, pieces, more, changed);
    }

    Reply tagged(final String tag) {
        return with("etag", tag);
    }

    /** The same about something new. */
    Reply created(final String location) {
        return new Reply(HttpResponseStatus.CREATED, body, pieces, headers, changed).with("location", location);
    }

    /** The same, once it is in effect. */
    Reply changing() {
        return new Reply(status, body, pieces, headers, true);
    }

    /** A long body. */
    interface Pieces extends AutoCloseable {
        /** The next piece, or null after the last. */
        byte[] next();

        @Override
        void close();
    }
}
