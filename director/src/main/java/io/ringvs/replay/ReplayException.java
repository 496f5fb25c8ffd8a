package io.ringvs.replay;

/** A folder cannot be replayed; the message says why in a sentence. */
public final class ReplayException extends Exception {
    public ReplayException(final String sentence) {
        super(sentence);
    }

    public ReplayException(final String sentence, final Throwable cause) {
        super(sentence, cause);
    }
}
