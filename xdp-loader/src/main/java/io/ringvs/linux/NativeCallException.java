package io.ringvs.linux;

/**
 * A system or library call failed while something was being set up: which call, with what, and why.
 *
 * <p>The message reads {@code bind(fd=7, ...): Device or resource busy (errno 16)}. Callers that can do something about
 * a particular failure ask {@link #errno()}.
 */
public class NativeCallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    /**
     * @param call      name of the C function
     * @param arguments what it was called with, for a human reader
     * @param errno     positive error number
     */
    public NativeCallException(final String call, final String arguments, final int errno) {
        super(call + "(" + arguments + "): " + Errno.text(errno));
        this.call = call;
        this.errno = errno;
    }

    /** Name of the C function that failed. */
    public String call() {
        return call;
    }

    /** Positive error number, see {@link Errno}. */
    public int errno() {
        return errno;
    }
}
