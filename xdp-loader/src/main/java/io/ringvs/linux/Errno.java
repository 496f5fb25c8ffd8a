package io.ringvs.linux;

/**
 * The error numbers of Linux that RingVS tells apart, and the text of any of them.
 *
 * <p><b>Source</b>: Linux include/uapi/asm-generic/errno-base.h and errno.h; the values are the same on x86-64 and
 * AArch64.
 */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int ENOSPC = 28;
    public static final int ERANGE = 34;
    public static final int ENOTSOCK = 88;
    public static final int ENOPROTOOPT = 92;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int ENETDOWN = 100;
    public static final int ENOBUFS = 105;

    private Errno() {
    }

    /** The C library's sentence for an error number, with the number: {@code "Device or resource busy (errno 16)"}. */
    public static String text(final int errno) {
        return LinuxCalls.LIBC.strerror(errno) + " (errno " + errno + ")";
    }
}
