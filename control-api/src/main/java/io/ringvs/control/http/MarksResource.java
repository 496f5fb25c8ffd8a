package io.ringvs.control.http;

import java.util.ArrayList;
import java.util.List;

import io.netty.handler.codec.http.HttpResponseStatus;

/** {@code /v1/marks}: the rules that give packets a firewall mark. */
final class MarksResource {
    private static final String PATH = "/v1/marks";

    private final MarkTable table;
    private long version = System.nanoTime();
    private List<MarkDocument> tagged = List.of();

    MarksResource(final MarkTable table) {
        this.table = table;
    }

    List<Route> routes() {
        return List.of(
            new Route("GET", PATH, this::get),
            new Route("PUT", PATH, request -> replace(request, request.body(MarksDocument.class).marks())),
            new Route("POST", PATH, this::add),
            new Route("DELETE", PATH + "/{position}", this::delete));
    }

    private Reply get(final Request request) {
        return request.isKnown(tag()) ? Reply.notModified().tagged(tag()) : show();
    }

    private Reply add(final Request request) throws Problem {
        final List<MarkDocument> marks = new ArrayList<>(table.marks());
        marks.add(request.body(MarkDocument.class));
        return replace(request, marks).created(PATH + "/" + (marks.size() - 1));
    }

    private Reply delete(final Request request) throws Problem {
        final List<MarkDocument> marks = new ArrayList<>(table.marks());
        final String position = request.parameter("position");
        if (!position.matches("[0-9]{1,9}") || Integer.parseInt(position) >= marks.size()) {
            throw Problem.of(HttpResponseStatus.NOT_FOUND,
                "there is no mark rule at position '" + position + "'; the first is at 0");
        }
        marks.remove(Integer.parseInt(position));
        return replace(request, marks);
    }

    private Reply replace(final Request request, final List<MarkDocument> wanted) throws Problem {
        request.checkMatch(tag());
        if (wanted == null || wanted.contains(null)) {
            throw Problem.invalid("the list 'marks' of rules is missing, or a rule in it").within("/marks");
        }
        try {
            table.replace(wanted);
        } catch (final RuntimeException e) {
            throw Problem.invalid(e.getMessage());
        }
        return show().changing();
    }

    private Reply show() {
        return Reply.document(new MarksDocument(table.marks())).tagged(tag());
    }

    /** Moves when the rules are others than when it was last looked at; somebody else may have changed them. */
    private String tag() {
        if (!tagged.equals(table.marks())) {
            tagged = table.marks();
            version++;
        }
        return "\"marks-" + Long.toHexString(version) + "\"";
    }
}
