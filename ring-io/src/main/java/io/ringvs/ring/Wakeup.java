package io.ringvs.ring;

/**
 * Wakes up the kernel behind a port's rings: a socket, or the {@link KernelSide} that plays it.
 *
 * <p><b>Threading</b>: the worker that owns the port.
 *
 * <p><b>Errors</b>: never thrown. A wake-up returns 0, or {@code -errno} if it failed otherwise than for the kernel
 * being busy.
 */
public interface Wakeup {
    /** Has the kernel look at the TX ring. */
    int wakeTx();

    /** Has the kernel look at the fill ring. */
    int wakeRx();

    /** Whether the receiving side works only while it is called, so that it is to be woken up in every duty cycle. */
    boolean busyPolls();
}
