package io.ringvs.ring;

/**
 * Wakes up the kernel behind a port's rings: a socket, or the {@link KernelSide} that plays it.
 *
 * <p><b>Threading</b>: the worker that owns the port.
 *
 * <p><b>Errors</b>: returned, never thrown.
 */
public interface Wakeup {
    /** Has the kernel look at the TX ring. Returns 0, or {@code -errno} when that failed otherwise than for being busy. */
    int wakeTx();

    /** Has the kernel look at the fill ring. Returns 0, or {@code -errno} when that failed otherwise than for being busy. */
    int wakeRx();

    /** Whether the receiving side works only while it is called, so that it is to be woken up in every duty cycle. */
    boolean busyPolls();
}
