package io.ringvs.xdp;

import io.ringvs.linux.Errno;
import io.ringvs.linux.NativeCallException;
import org.agrona.UnsafeApi;

/**
 * Which AF_XDP socket takes the steered frames of each receive queue of one interface.
 *
 * <p>The kernel removes a socket from the map by itself when the socket is closed or its process dies; the queue's
 * frames go to the kernel's own stack from then on.
 *
 * <p><b>Threading</b>: one control thread.
 */
public final class XskMap {
    /** Queues that the map has room for; MAX_QUEUES of steer.bpf.c. */
    public static final int MAX_QUEUES = 1024;

    private final Bpf bpf;
    private final int fd;

    XskMap(final Bpf bpf, final int fd) {
        this.bpf = bpf;
        this.fd = fd;
    }

    /** Hands the steered frames of a queue to a bound AF_XDP socket, from now on. */
    public void put(final int queue, final int socketFd) {
        checkQueue(queue);
        final long pair = UnsafeApi.allocateMemory(Long.BYTES);
        try {
            UnsafeApi.putInt(pair, queue);
            UnsafeApi.putInt(pair + Integer.BYTES, socketFd);
            bpf.update(fd, pair, pair + Integer.BYTES);
        } catch (final NativeCallException e) {
            throw new XdpException(e.errno() == Errno.EOPNOTSUPP || e.errno() == Errno.ENOTSOCK
                ? "descriptor " + socketFd + " is no AF_XDP socket, so queue " + queue + " cannot be handed to it"
                : "queue " + queue + " could not be handed to its socket: " + e.getMessage(), e);
        } finally {
            UnsafeApi.freeMemory(pair);
        }
    }

    /** Leaves the frames of a queue to the kernel, from now on; they are so already if it has no socket. */
    public void remove(final int queue) {
        checkQueue(queue);
        final long key = UnsafeApi.allocateMemory(Integer.BYTES);
        try {
            UnsafeApi.putInt(key, queue);
            bpf.delete(fd, key);
        } finally {
            UnsafeApi.freeMemory(key);
        }
    }

    private static void checkQueue(final int queue) {
        if (queue < 0 || queue >= MAX_QUEUES) {
            throw new IllegalArgumentException("queue " + queue + " is not within 0 to " + (MAX_QUEUES - 1));
        }
    }
}
