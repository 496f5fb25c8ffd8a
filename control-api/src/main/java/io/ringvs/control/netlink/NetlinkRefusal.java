package io.ringvs.control.netlink;

/** A request is answered with an error number. */
final class NetlinkRefusal extends Exception {
    private final int errno;

    /** @param errno an {@link io.ringvs.linux.Errno}, positive */
    NetlinkRefusal(final int errno) {
        super("errno " + errno, null, false, false);
        this.errno = errno;
    }

    int errno() {
        return errno;
    }
}
