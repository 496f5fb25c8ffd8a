package io.ringvs.xdp;

/** The steering program or one of its maps could not be set up; the message is one sentence for the operator. */
public class XdpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public XdpException(final String message) {
        super(message);
    }

    public XdpException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
