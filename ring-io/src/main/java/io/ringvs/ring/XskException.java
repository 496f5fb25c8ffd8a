package io.ringvs.ring;

/** A socket could not be set up; the message is one sentence for the operator: what is wrong and what to do. */
public class XskException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public XskException(final String message) {
        super(message);
    }

    public XskException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
