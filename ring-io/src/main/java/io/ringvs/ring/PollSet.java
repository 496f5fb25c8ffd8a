package io.ringvs.ring;

import io.ringvs.linux.LinuxCalls;
import org.agrona.UnsafeApi;

/**
 * The descriptors that an idle worker sleeps on: its sockets, and whatever else is to wake it up.
 *
 * <p><b>Threading</b>: one worker.
 *
 * <p><b>Errors</b>: {@link #await} returns {@code -errno}; EINTR is normal.
 *
 * <p><b>Source</b>: poll(2).
 */
public final class PollSet implements AutoCloseable {
    private static final int FD = 0;
    private static final int EVENTS = 4;
    private static final int RETURNED_EVENTS = 6;
    private static final short FAILED = LinuxCalls.POLLERR | LinuxCalls.POLLNVAL;
    /** poll(2) ignores negative descriptors. */
    private static final int NONE = -1;

    private final long pollfds;
    private final int count;
    private boolean open = true;

    /** Waits for any of these descriptors to be readable. */
    public PollSet(final int... fds) {
        count = fds.length;
        pollfds = UnsafeApi.allocateMemory(Math.max(1, count) * (long)LinuxCalls.POLLFD_BYTES);
        for (int i = 0; i < count; i++) {
            UnsafeApi.putInt(pollfd(i) + FD, fds[i]);
            UnsafeApi.putShort(pollfd(i) + EVENTS, LinuxCalls.POLLIN);
            UnsafeApi.putShort(pollfd(i) + RETURNED_EVENTS, (short)0);
        }
    }

    /**
     * Sleeps until a descriptor is readable or {@code timeoutMs} milliseconds passed (-1: no limit).
     *
     * @return number of descriptors with something to report, 0 at the time limit, or {@code -errno}
     */
    public int await(final int timeoutMs) {
        return LinuxCalls.poll(pollfds, count, timeoutMs);
    }

    /** Whether the i-th descriptor had something to report when {@link #await} returned last. */
    public boolean isReady(final int i) {
        return UnsafeApi.getShort(pollfd(i) + RETURNED_EVENTS) != 0;
    }

    /** Whether any descriptor from the i-th on had. */
    public boolean isAnyReady(final int i) {
        for (int each = i; each < count; each++) {
            if (isReady(each)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Sleeps no more on descriptors from the i-th on that reported an error when {@link #await} returned last: one whose
     * device is gone would end every sleep at once.
     */
    public void forgetFailed(final int i) {
        for (int each = i; each < count; each++) {
            if ((UnsafeApi.getShort(pollfd(each) + RETURNED_EVENTS) & FAILED) != 0) {
                UnsafeApi.putInt(pollfd(each) + FD, NONE);
                UnsafeApi.putShort(pollfd(each) + RETURNED_EVENTS, (short)0);
            }
        }
    }

    private long pollfd(final int i) {
        return pollfds + (long)i * LinuxCalls.POLLFD_BYTES;
    }

    /** Frees the memory; the descriptors stay open. */
    @Override
    public void close() {
        if (open) {
            open = false;
            UnsafeApi.freeMemory(pollfds);
        }
    }
}
