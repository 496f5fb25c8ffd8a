package io.ringvs.ring;

import static io.ringvs.linux.LinuxCalls.SOL_SOCKET;
import static io.ringvs.linux.LinuxCalls.SOL_XDP;

import io.ringvs.linux.Errno;
import io.ringvs.linux.LinuxCalls;
import io.ringvs.linux.NativeCallException;
import io.ringvs.xdp.InterfaceProbe;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.UnsafeApi;

/**
 * Sets up one AF_XDP socket, step by step; the steps and their order are those of Linux
 * Documentation/networking/af_xdp.rst.
 *
 * <p><b>Errors</b>: {@link XskException} with a sentence for the operator where the kernel's answer has a known cause,
 * {@link NativeCallException} otherwise. {@link #close} undoes the steps taken so far.
 */
final class XskSetup implements AutoCloseable {
    /** Ethernet header and two VLAN tags, in bytes. */
    private static final int LINK_HEADER_BYTES = 22;
    /** Packets that one kick may send in copy mode, several of a worker's batches; the kernel's default is 32. */
    private static final int TX_BUDGET_PACKETS = 256;
    /** How long a queue may stay taken after its last socket was closed: the kernel lets go of it in a work queue. */
    private static final long BUSY_LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long BUSY_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int EAFNOSUPPORT = 97;
    private static final String BONDING = "bonding";

    private final InterfaceProbe link;
    private final int queue;
    private final Umem umem;
    private final XskOptions options;
    private final long scratch = UnsafeApi.allocateMemory(XskAbi.MMAP_OFFSETS_BYTES);
    private final RingMapping[] mappings = new RingMapping[4];

    private int fd = -1;
    private PortRings rings;
    private String zeroCopyRefusal = "";

    XskSetup(final InterfaceProbe link, final int queue, final Umem umem, final XskOptions options) {
        this.link = link;
        this.queue = queue;
        this.umem = umem;
        this.options = options;
    }

    /** Takes all steps. {@code sharedFd} is a bound socket that has registered the UMEM, or -1 to register it here. */
    XskSocket open(final int sharedFd) {
        checkInterface();
        createSocket();
        if (sharedFd < 0) {
            registerUmem();
        }
        mapRings();
        setTxBudget();
        setBusyPoll();
        if (sharedFd < 0) {
            bindOwn();
        } else {
            bindShared(sharedFd);
        }
        final int flags = LinuxCalls.getsockoptInt(fd, SOL_XDP, XskAbi.XDP_OPTIONS);
        final XskMode mode = (flags & XskAbi.XDP_OPTIONS_ZEROCOPY) != 0 ? XskMode.ZERO_COPY : XskMode.COPY;
        return new XskSocket(link, queue, umem, fd, rings, mappings, mode, zeroCopyRefusal,
            options.busyPollMicros() != 0);
    }

    private void checkInterface() {
        if (queue < 0) {
            throw new XskException("a queue's number must not be negative, but is " + queue);
        }
        if (!link.up()) {
            throw new XskException("interface " + link.name() + " is down; bring it up with `ip link set "
                + link.name() + " up`");
        }
        if (link.mtu() + LINK_HEADER_BYTES > umem.maxPacketBytes()) {
            throw new XskException("the MTU of " + link.name() + ", " + link.mtu()
                + " bytes, is too big for a frame of " + umem.frameSize()
                + ", which holds " + (umem.maxPacketBytes() - LINK_HEADER_BYTES)
                + "; lower it with `ip link set " + link.name() + " mtu N`"
                + (umem.frameSize() < Umem.MAX_FRAME_SIZE ? " or use frames of " + Umem.MAX_FRAME_SIZE : ""));
        }
    }

    private void createSocket() {
        try {
            fd = LinuxCalls.socket(LinuxCalls.AF_XDP, LinuxCalls.SOCK_RAW | LinuxCalls.SOCK_CLOEXEC, 0);
        } catch (final NativeCallException e) {
            if (e.errno() == Errno.EPERM) {
                throw new XskException("opening an AF_XDP socket is not permitted; run as root or give CAP_NET_RAW", e);
            }
            if (e.errno() == EAFNOSUPPORT) {
                throw new XskException("this kernel was built without AF_XDP sockets (CONFIG_XDP_SOCKETS)", e);
            }
            throw e;
        }
    }

    private void registerUmem() {
        UnsafeApi.setMemory(scratch, XskAbi.UMEM_REG_BYTES, (byte)0);
        UnsafeApi.putLong(scratch + XskAbi.UMEM_REG_ADDRESS, umem.basePointer());
        UnsafeApi.putLong(scratch + XskAbi.UMEM_REG_LENGTH, umem.lengthBytes());
        UnsafeApi.putInt(scratch + XskAbi.UMEM_REG_CHUNK_SIZE, umem.frameSize());
        UnsafeApi.putInt(scratch + XskAbi.UMEM_REG_HEADROOM, umem.headroom());
        UnsafeApi.putInt(
            scratch + XskAbi.UMEM_REG_FLAGS, umem.isUnaligned() ? XskAbi.XDP_UMEM_UNALIGNED_CHUNK_FLAG : 0);
        try {
            LinuxCalls.setsockopt(fd, SOL_XDP, XskAbi.XDP_UMEM_REG, scratch, XskAbi.UMEM_REG_BYTES);
        } catch (final NativeCallException e) {
            if (e.errno() != Errno.ENOBUFS) {
                throw e;
            }
            throw new XskException("packet memory of " + (umem.lengthBytes() >> 10)
                + " KiB is more than this process may lock (" + (LinuxCalls.lockedMemoryLimit() >> 10)
                + " KiB); give CAP_IPC_LOCK or raise `ulimit -l`", e);
        }
    }

    private void mapRings() {
        final RingSizes sizes = options.sizes();
        LinuxCalls.setsockoptInt(fd, SOL_XDP, XskAbi.XDP_UMEM_FILL_RING, sizes.fill());
        LinuxCalls.setsockoptInt(fd, SOL_XDP, XskAbi.XDP_UMEM_COMPLETION_RING, sizes.completion());
        LinuxCalls.setsockoptInt(fd, SOL_XDP, XskAbi.XDP_RX_RING, sizes.rx());
        LinuxCalls.setsockoptInt(fd, SOL_XDP, XskAbi.XDP_TX_RING, sizes.tx());
        final int length =
            LinuxCalls.getsockopt(fd, SOL_XDP, XskAbi.XDP_MMAP_OFFSETS, scratch, XskAbi.MMAP_OFFSETS_BYTES);
        if (length != XskAbi.MMAP_OFFSETS_BYTES) {
            throw new XskException("this kernel's AF_XDP rings have no need_wakeup flag; Linux 5.4 or later is needed");
        }
        rings = new PortRings(
            new FillRing(map(0, sizes.fill(), RingMemory.ADDRESS_BYTES, XskAbi.MMAP_OFFSETS_FILL,
                XskAbi.XDP_UMEM_PGOFF_FILL_RING)),
            new CompletionRing(map(1, sizes.completion(), RingMemory.ADDRESS_BYTES, XskAbi.MMAP_OFFSETS_COMPLETION,
                XskAbi.XDP_UMEM_PGOFF_COMPLETION_RING)),
            new RxRing(map(2, sizes.rx(), RingMemory.DESCRIPTOR_BYTES, XskAbi.MMAP_OFFSETS_RX,
                XskAbi.XDP_PGOFF_RX_RING)),
            new TxRing(map(3, sizes.tx(), RingMemory.DESCRIPTOR_BYTES, XskAbi.MMAP_OFFSETS_TX,
                XskAbi.XDP_PGOFF_TX_RING)));
    }

    private RingMemory map(
        final int slot, final int size, final int entryBytes, final int offsetsAt, final long pageOffset) {
        final long offsets = scratch + offsetsAt;
        final long entries = UnsafeApi.getLong(offsets + XskAbi.RING_OFFSET_ENTRIES);
        final RingMapping mapping = RingMapping.map(fd, pageOffset, entries + (long)size * entryBytes);
        mappings[slot] = mapping;
        return new RingMemory(
            mapping.pointer() + UnsafeApi.getLong(offsets + XskAbi.RING_OFFSET_PRODUCER),
            mapping.pointer() + UnsafeApi.getLong(offsets + XskAbi.RING_OFFSET_CONSUMER),
            mapping.pointer() + UnsafeApi.getLong(offsets + XskAbi.RING_OFFSET_FLAGS),
            mapping.pointer() + entries,
            size);
    }

    private void setTxBudget() {
        try {
            LinuxCalls.setsockoptInt(fd, SOL_XDP, XskAbi.XDP_MAX_TX_SKB_BUDGET, TX_BUDGET_PACKETS);
        } catch (final NativeCallException e) {
            // Kernels before 6.17 answer ENOPROTOOPT and send 32 packets a call; the port kicks them again.
            return;
        }
    }

    private void setBusyPoll() {
        if (options.busyPollMicros() == 0) {
            return;
        }
        try {
            LinuxCalls.setsockoptInt(fd, SOL_SOCKET, XskAbi.SO_PREFER_BUSY_POLL, 1);
            LinuxCalls.setsockoptInt(fd, SOL_SOCKET, XskAbi.SO_BUSY_POLL, options.busyPollMicros());
            LinuxCalls.setsockoptInt(fd, SOL_SOCKET, XskAbi.SO_BUSY_POLL_BUDGET, options.busyPollBudget());
        } catch (final NativeCallException e) {
            throw new XskException("busy polling cannot be set: " + Errno.text(e.errno())
                + "; it needs Linux 5.11 or later and CAP_NET_ADMIN", e);
        }
    }

    /** What stands against a zero-copy socket on this queue, or an empty text; to be abandoned afterwards. */
    String whyNoZeroCopy() {
        createSocket();
        registerUmem();
        mapRings();
        return bindZeroCopy();
    }

    private String bindZeroCopy() {
        if (BONDING.equals(link.driver())) {
            return "a bond claims it but cannot do it; use its member interfaces for zero-copy";
        }
        try {
            bind(XskAbi.XDP_ZEROCOPY | XskAbi.XDP_USE_NEED_WAKEUP, 0);
            return "";
        } catch (final NativeCallException e) {
            return "driver " + link.driver() + " refused it: " + Errno.text(e.errno());
        }
    }

    private void bindOwn() {
        zeroCopyRefusal = options.tryZeroCopy() ? bindZeroCopy() : options.whyCopy();
        if (zeroCopyRefusal.isEmpty()) {
            return;
        }
        try {
            bind(XskAbi.XDP_COPY | XskAbi.XDP_USE_NEED_WAKEUP, 0);
        } catch (final NativeCallException e) {
            if (e.errno() != Errno.EINVAL && e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
            throw noSuchQueue(e);
        }
    }

    /** A shared UMEM's sockets take their mode and flags from the first: the kernel refuses any given here. */
    private void bindShared(final int sharedFd) {
        try {
            bind(XskAbi.XDP_SHARED_UMEM, sharedFd);
        } catch (final NativeCallException e) {
            if (queue >= link.queues()) {
                throw noSuchQueue(e);
            }
            if (e.errno() != Errno.EINVAL && e.errno() != Errno.EOPNOTSUPP) {
                throw e;
            }
            throw new XskException("queue " + queue + " of " + link.name()
                + " cannot share packet memory with a zero-copy socket, as it has no zero-copy itself ("
                + Errno.text(e.errno()) + "); switch zero-copy off for both", e);
        }
    }

    private XskException noSuchQueue(final NativeCallException cause) {
        return new XskException("queue " + queue + " of " + link.name()
            + " does not exist or cannot be used: the interface has " + link.queues()
            + " queues, counted from 0, as `ethtool -l " + link.name() + "` shows", cause);
    }

    private void bind(final int flags, final int sharedFd) {
        UnsafeApi.setMemory(scratch, XskAbi.SOCKADDR_BYTES, (byte)0);
        UnsafeApi.putShort(scratch + XskAbi.SOCKADDR_FAMILY, (short)LinuxCalls.AF_XDP);
        UnsafeApi.putShort(scratch + XskAbi.SOCKADDR_FLAGS, (short)flags);
        UnsafeApi.putInt(scratch + XskAbi.SOCKADDR_INTERFACE_INDEX, link.index());
        UnsafeApi.putInt(scratch + XskAbi.SOCKADDR_QUEUE, queue);
        UnsafeApi.putInt(scratch + XskAbi.SOCKADDR_SHARED_FD, sharedFd);
        final long deadline = System.nanoTime() + BUSY_LIMIT_NS;
        while (!tryBind(deadline)) {
            LockSupport.parkNanos(BUSY_PAUSE_NS);
        }
    }

    private boolean tryBind(final long deadline) {
        try {
            LinuxCalls.bind(fd, scratch, XskAbi.SOCKADDR_BYTES);
            return true;
        } catch (final NativeCallException e) {
            switch (e.errno()) {
                case Errno.EBUSY -> {
                    if (System.nanoTime() - deadline < 0) {
                        return false;
                    }
                    throw new XskException("queue " + queue + " of " + link.name()
                        + " is taken by another AF_XDP socket; stop the program that uses it", e);
                }
                case Errno.ENETDOWN -> throw new XskException("interface " + link.name()
                    + " is down; bring it up with `ip link set " + link.name() + " up`", e);
                case Errno.ENODEV -> throw new XskException("interface " + link.name() + " has gone", e);
                case Errno.EPERM -> throw new XskException(
                    "binding an AF_XDP socket is not permitted; run as root or give CAP_NET_RAW", e);
                default -> throw e;
            }
        }
    }

    /** Frees what is needed for the set-up only. */
    @Override
    public void close() {
        UnsafeApi.freeMemory(scratch);
    }

    /** Undoes the steps taken so far, after a failure. */
    void abandon() {
        RingMapping.unmapAll(mappings);
        if (fd >= 0) {
            LinuxCalls.close(fd);
        }
    }
}
