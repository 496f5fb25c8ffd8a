package io.ringvs.control.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.ringvs.control.HttpProtocol;

/**
 * The API: finds the route of a request.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class HttpApi {
    private final List<Route> routes = new ArrayList<>();
    private final BodyRoom room = new BodyRoom();

    public HttpApi(final ApiEnvironment environment) {
        final String boot = Long.toHexString(System.currentTimeMillis());
        final RuleTag tag = new RuleTag(environment.rules(), boot);
        final byte[] description = description();
        routes.addAll(new ServicesResource(environment.rules(), tag).routes());
        routes.addAll(new DestinationsResource(environment.rules(), tag).routes());
        routes.addAll(new RulesResource(environment.rules(), tag).routes());
        routes.addAll(new StatisticsResource(environment.rules()).routes());
        routes.addAll(new SettingsResource(environment.settings()).routes());
        routes.addAll(new MarksResource(environment.marks()).routes());
        routes.add(new Route("GET", "/v1/connections",
            request -> Reply.stream(ConnectionDocument.all(environment.connections()))));
        routes.add(new Route("GET", "/v1/status", request -> Reply.document(environment.status().get())));
        routes.add(new Route("GET", "/v1/openapi.json", request -> Reply.json(description)));
    }

    /** For clients whose right to be here was checked when they connected. */
    public HttpProtocol trusting() {
        return (channel, received) -> new HttpConnection(channel, received, this, null, System::nanoTime);
    }

    /** For clients that have to show a token with each request. */
    public HttpProtocol demanding(final String token) {
        final byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        return (channel, received) ->
            new HttpConnection(channel, received, this, new BearerToken(bytes), System::nanoTime);
    }

    /** For the bodies of all clients. */
    BodyRoom room() {
        return room;
    }

    List<Route> routes() {
        return routes;
    }

    /** The OpenAPI document. */
    static byte[] description() {
        try (InputStream file = HttpApi.class.getResourceAsStream("openapi.json")) {
            return file.readAllBytes();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Reply answer(final FullHttpRequest request) {
        try {
            checkSyntax(request.decoderResult());
            return dispatch(request);
        } catch (final Problem problem) {
            return problem.isAfterRestoring() ? Reply.problem(problem).changing() : Reply.problem(problem);
        }
    }

    private static void checkSyntax(final DecoderResult result) throws Problem {
        if (result.isFailure()) {
            if (result.cause() instanceof TooLongHttpLineException) {
                throw Problem.of(HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request's first line is too long");
            } else if (result.cause() instanceof TooLongHttpHeaderException) {
                throw Problem.of(
                    HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the request's headers are too long");
            }
            throw Problem.of(HttpResponseStatus.BAD_REQUEST, "the request is not HTTP/1.1");
        }
    }

    private Reply dispatch(final FullHttpRequest request) throws Problem {
        final String uri = request.uri();
        if (uri.indexOf('?') >= 0) {
            throw Problem.of(HttpResponseStatus.BAD_REQUEST, "no path takes a query ('?') here");
        }
        final List<String> path;
        try {
            path = Route.parts(uri);
        } catch (final IllegalArgumentException e) {
            throw Problem.of(HttpResponseStatus.BAD_REQUEST, "the path has a broken escape ('%')");
        }
        final String method = request.method().name().equals("HEAD") ? "GET" : request.method().name();
        final TreeSet<String> allowed = new TreeSet<>();
        for (final Route route : routes) {
            final Map<String, String> parameters = route.match(path);
            if (parameters != null && route.method().equals(method)) {
                return route.handler().answer(new Request(request, parameters));
            } else if (parameters != null) {
                allowed.add(route.method());
            }
        }
        if (allowed.isEmpty()) {
            throw Problem.of(HttpResponseStatus.NOT_FOUND, "there is nothing at this path; /v1/openapi.json lists all");
        }
        return Reply.problem(Problem.of(HttpResponseStatus.METHOD_NOT_ALLOWED,
            "this path takes " + String.join(", ", allowed) + ", not " + request.method()))
            .with("allow", String.join(", ", allowed));
    }
}
