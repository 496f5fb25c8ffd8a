package io.ringvs.sched;

/**
 * What a server's connections weigh for the schedulers that count them.
 *
 * <p><b>Source:</b> ip_vs_dest_conn_overhead of Linux {@code include/net/ip_vs.h}. Kernels up to mid-6.1 stable count
 * an inactive connection as 1 and an active one as 256; later ones, which keep the total instead, 1 and 257. The choice
 * differs only where inactive counts differ by some 256 times as much as active ones.
 */
final class Overhead {
    /** True: as recent stable kernels (6.1.192, 6.12) count; false: as earlier ones. */
    static final boolean COUNTS_TOTAL = false;

    private Overhead() {
    }

    /** 32-bit arithmetic, wrapping as Linux's does. */
    static int of(final int active, final int total) {
        return (active << 8) + (COUNTS_TOTAL ? total : Math.max(total - active, 0));
    }
}
