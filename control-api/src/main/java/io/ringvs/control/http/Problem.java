package io.ringvs.control.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.ringvs.control.RuleError;
import io.ringvs.control.adm.AdmCommand;
import io.ringvs.control.adm.OperationText;

/** Why a request is not carried out: the rules are as they were. */
final class Problem extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient HttpResponseStatus status;
    private final String pointer;
    private final boolean restored;

    private Problem(
        final HttpResponseStatus status, final String sentence, final String pointer, final boolean restored) {
        super(sentence, null, false, false);
        this.status = status;
        this.pointer = pointer;
        this.restored = restored;
    }

    static Problem of(final HttpResponseStatus status, final String sentence) {
        return new Problem(status, sentence, "", false);
    }

    /** A well-formed document that says something that cannot be. */
    static Problem invalid(final String sentence) {
        return of(HttpResponseStatus.UNPROCESSABLE_ENTITY, sentence);
    }

    /** The rules refused an operation; the sentence is the one that this command of {@code ringvs adm} ends with. */
    static Problem refused(final AdmCommand command, final RuleError error) {
        final HttpResponseStatus status = switch (error) {
            case EXISTS -> HttpResponseStatus.CONFLICT;
            case NO_SERVICE -> HttpResponseStatus.NOT_FOUND;
            case NOT_FOUND -> command == AdmCommand.EDIT_SERVER || command == AdmCommand.DELETE_SERVER
                ? HttpResponseStatus.NOT_FOUND : HttpResponseStatus.UNPROCESSABLE_ENTITY;
            case NO_MEMORY -> HttpResponseStatus.INSUFFICIENT_STORAGE;
            case NOT_SUPPORTED -> HttpResponseStatus.NOT_IMPLEMENTED;
            default -> HttpResponseStatus.UNPROCESSABLE_ENTITY;
        };
        return of(status, OperationText.of(command, error));
    }

    /** The same problem, met in the part of the document that a JSON pointer names. */
    Problem within(final String part) {
        return new Problem(status, getMessage(), part + pointer, restored);
    }

    /** The same problem, met so late that rules were changed and changed back. */
    Problem afterRestoring() {
        return new Problem(status, getMessage(), pointer, true);
    }

    /** Whether the rules, though what they were, have to be published again. */
    boolean isAfterRestoring() {
        return restored;
    }

    HttpResponseStatus status() {
        return status;
    }

    /** The document that tells of it. */
    ProblemDocument document() {
        return new ProblemDocument(
            "about:blank", status.reasonPhrase(), status.code(), getMessage(), pointer.isEmpty() ? null : pointer);
    }
}
