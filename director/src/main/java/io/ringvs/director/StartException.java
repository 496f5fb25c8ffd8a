package io.ringvs.director;

/** Why the director cannot start, in one sentence for the operator. */
final class StartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StartException(final String sentence) {
        super(sentence);
    }

    StartException(final String sentence, final Throwable cause) {
        super(sentence, cause);
    }
}
