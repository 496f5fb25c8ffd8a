package io.ringvs.control;

import io.ringvs.linux.Errno;

/**
 * Why a rule change is refused: the error numbers that Linux answers the same request with.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_ctl.c}.
 */
public enum RuleError {
    /** The service, destination or daemon is there already. */
    EXISTS(Errno.EEXIST),
    /** No such scheduler, persistence engine or destination. */
    NOT_FOUND(Errno.ENOENT),
    /** No such service or daemon. */
    NO_SERVICE(Errno.ESRCH),
    /** A value that makes no sense, or an address that is not unicast. */
    INVALID(Errno.EINVAL),
    /** A number out of range. */
    RANGE(Errno.ERANGE),
    /** A table is full. */
    NO_MEMORY(Errno.ENOMEM),
    /** No such interface. */
    NO_DEVICE(Errno.ENODEV),
    /** FULLNAT destinations and one-packet scheduling, which leaves no connection by which answers could be found. */
    ONE_PACKET(Errno.EOPNOTSUPP),
    /** The director cannot do this. */
    NOT_SUPPORTED(Errno.EOPNOTSUPP);

    private final int errno;

    RuleError(final int errno) {
        this.errno = errno;
    }

    /** The error number of Linux. */
    public int errno() {
        return errno;
    }
}
