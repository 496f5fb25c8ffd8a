package io.ringvs.ring;

import io.ringvs.linux.Errno;
import io.ringvs.linux.LinuxCalls;
import io.ringvs.xdp.InterfaceProbe;
import io.ringvs.xdp.XdpException;
import org.agrona.UnsafeApi;

/**
 * An AF_XDP socket: the kernel behind the rings of one (interface, queue).
 *
 * <p>The first socket over a UMEM registers it ({@link #open}); further ones, on other interfaces or queues, share it
 * ({@link #openSharing}), each with four rings of its own. A frame received by one may be sent by any other. Shared
 * sockets run in the mode of the first.
 *
 * <p>Receiving needs an XDP program on the interface that redirects into {@link #fd}; sending needs none.
 *
 * <p><b>Threading</b>: opened and closed by any thread, used by the worker that owns the port.
 *
 * <p><b>Errors</b>: opening throws {@link XskException} with one sentence for the operator, and leaves nothing open.
 *
 * <p><b>Source</b>: Linux Documentation/networking/af_xdp.rst.
 */
public final class XskSocket implements Wakeup, AutoCloseable {
    private static final int PROBE_RING = 64;

    private final InterfaceProbe link;
    private final int queue;
    private final Umem umem;
    private final int fd;
    private final PortRings rings;
    private final RingMapping[] mappings;
    private final XskMode mode;
    private final String zeroCopyRefusal;
    private final boolean busyPolls;
    private final PollSet pollSet;
    private boolean open = true;

    XskSocket(
        final InterfaceProbe link, final int queue, final Umem umem, final int fd, final PortRings rings,
        final RingMapping[] mappings, final XskMode mode, final String zeroCopyRefusal, final boolean busyPolls) {
        this.link = link;
        this.queue = queue;
        this.umem = umem;
        this.fd = fd;
        this.rings = rings;
        this.mappings = mappings;
        this.mode = mode;
        this.zeroCopyRefusal = zeroCopyRefusal;
        this.busyPolls = busyPolls;
        this.pollSet = new PollSet(fd);
    }

    /** Opens a socket on a queue of an interface, registers the UMEM and binds: zero-copy first, then copy. */
    public static XskSocket open(
        final String interfaceName, final int queue, final Umem umem, final XskOptions options) {
        return open(interfaceName, queue, umem, options, -1);
    }

    /**
     * What stands against zero-copy on a queue, or an empty text if it can be had. Tried by binding a socket with a few
     * frames, which is closed again.
     */
    public static String whyNoZeroCopy(final String interfaceName, final int queue) {
        final XskOptions options = XskOptions.DEFAULT.withSizes(RingSizes.same(PROBE_RING));
        try (Umem umem = Umem.map(PROBE_RING, Umem.MIN_FRAME_SIZE, 0);
            XskSetup setup = new XskSetup(probe(interfaceName), queue, umem, options)) {
            try {
                return setup.whyNoZeroCopy();
            } finally {
                setup.abandon();
            }
        }
    }

    /** Opens a socket on another interface or queue over this socket's UMEM, and in this socket's mode. */
    public XskSocket openSharing(final String interfaceName, final int otherQueue, final XskOptions options) {
        return open(interfaceName, otherQueue, umem, options, fd);
    }

    private static XskSocket open(
        final String interfaceName, final int queue, final Umem umem, final XskOptions options, final int sharedFd) {
        try (XskSetup setup = new XskSetup(probe(interfaceName), queue, umem, options)) {
            try {
                return setup.open(sharedFd);
            } catch (final RuntimeException e) {
                setup.abandon();
                throw e;
            }
        }
    }

    private static InterfaceProbe probe(final String interfaceName) {
        try {
            return InterfaceProbe.of(interfaceName);
        } catch (final XdpException e) {
            throw new XskException(e.getMessage(), e);
        }
    }

    /** A port over this socket's rings, whose frames come from {@code frames}. */
    public Port port(final FrameStack frames) {
        return new Port(link.index(), queue, rings, frames, this);
    }

    @Override
    public int wakeTx() {
        return busyIsNormal(LinuxCalls.kickTransmit(fd));
    }

    @Override
    public int wakeRx() {
        return busyIsNormal(LinuxCalls.recv(fd, 0, 0, LinuxCalls.MSG_DONTWAIT));
    }

    /**
     * EAGAIN: budget used up or completion ring full; EBUSY: the driver is at it already; ENOBUFS: the device's queue
     * is full; EINTR: a signal. In each case the packets stay in the TX ring and the next kick goes on.
     */
    private static int busyIsNormal(final long result) {
        if (result >= 0 || result == -Errno.EAGAIN || result == -Errno.EBUSY || result == -Errno.ENOBUFS
            || result == -Errno.EINTR) {
            return 0;
        }
        return (int)result;
    }

    @Override
    public boolean busyPolls() {
        return busyPolls;
    }

    /**
     * Sleeps until a packet has been received or {@code timeoutMs} milliseconds passed; sends what waits in the TX ring
     * before.
     *
     * @return 1 if there is something in the RX ring, 0 if not, or {@code -errno}
     */
    public int poll(final int timeoutMs) {
        return pollSet.await(timeoutMs);
    }

    /** What the kernel counted for this socket. */
    public XskStatistics statistics() {
        final long value = UnsafeApi.allocateMemory(XskAbi.STATISTICS_BYTES);
        try {
            UnsafeApi.setMemory(value, XskAbi.STATISTICS_BYTES, (byte)0);
            LinuxCalls.getsockopt(fd, LinuxCalls.SOL_XDP, XskAbi.XDP_STATISTICS, value, XskAbi.STATISTICS_BYTES);
            return new XskStatistics(
                UnsafeApi.getLong(value), UnsafeApi.getLong(value + 8), UnsafeApi.getLong(value + 16),
                UnsafeApi.getLong(value + 24), UnsafeApi.getLong(value + 32), UnsafeApi.getLong(value + 40));
        } finally {
            UnsafeApi.freeMemory(value);
        }
    }

    /** The socket's descriptor, for an XSKMAP or a {@link PollSet}. */
    public int fd() {
        return fd;
    }

    /** The interface as it was when the socket was opened. */
    public InterfaceProbe link() {
        return link;
    }

    /** Number of the interface's queue. */
    public int queue() {
        return queue;
    }

    /** The packet memory. */
    public Umem umem() {
        return umem;
    }

    /** The worker's side of the rings. */
    public PortRings rings() {
        return rings;
    }

    /** The mode that the kernel reports for this socket. */
    public XskMode mode() {
        return mode;
    }

    /** Why the mode is not zero-copy, or empty if it is, or if the mode came with a shared UMEM. */
    public String zeroCopyRefusal() {
        return zeroCopyRefusal;
    }

    /** Unmaps the rings and closes the socket; the kernel drops what it had not sent. */
    @Override
    public void close() {
        if (open) {
            open = false;
            pollSet.close();
            RingMapping.unmapAll(mappings);
            LinuxCalls.close(fd);
        }
    }

    @Override
    public String toString() {
        return "queue " + queue + " of " + link.name() + ", "
            + (mode == XskMode.ZERO_COPY ? "zero-copy" : "copy mode")
            + (zeroCopyRefusal.isEmpty() ? "" : " (no zero-copy: " + zeroCopyRefusal + ")");
    }
}
