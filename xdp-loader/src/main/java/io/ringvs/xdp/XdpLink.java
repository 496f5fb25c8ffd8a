package io.ringvs.xdp;

import io.ringvs.linux.Errno;
import io.ringvs.linux.LinuxCalls;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.UnsafeApi;

/**
 * The hold of a program on one interface.
 *
 * <p>It is a BPF link, which this process alone has: however the process ends, the kernel detaches the program and the
 * interface is as it was. So a killed daemon leaves nothing behind, a program of RingVS that is found on an interface
 * belongs to a process that lives (or is still dying, which is waited for), and no other tool can displace ours by
 * accident. Attached by netlink instead, a killed daemon's program would stay, cost time for every frame, and look the
 * same as a live one's.
 *
 * <p><b>Threading</b>: one control thread.
 *
 * <p><b>Errors</b>: {@link XdpException}, one sentence; the interface is left as it was.
 */
final class XdpLink implements AutoCloseable {
    /** {@code enum bpf_attach_type}: BPF_XDP. */
    private static final int ATTACH_TYPE_XDP = 37;
    /** Start of {@code struct bpf_link_create_opts}: size u64 at 0, flags u32 at 8. */
    private static final int LINK_OPTIONS_BYTES = 16;
    private static final int LINK_OPTIONS_FLAGS = 8;
    /** How long the kernel may take to let go of a killed daemon's link. */
    private static final long RELEASE_LIMIT_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long RELEASE_POLL_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final InterfaceProbe device;
    private final BpfObject object;
    private int fd = -1;
    private AttachMode mode;
    private String fallbackReason = "";

    private XdpLink(final InterfaceProbe device, final BpfObject object) {
        this.device = device;
        this.object = object;
    }

    /** The interface of that name, once no other program is in the way. */
    static InterfaceProbe claim(final String interfaceName, final boolean force) {
        final InterfaceProbe device = InterfaceProbe.of(interfaceName);
        if (!device.ethernet()) {
            throw new XdpException(interfaceName + " carries no Ethernet frames, which an XDP program of RingVS needs");
        }
        makeRoom(device, force);
        return device;
    }

    /** Attaches a loaded program to an interface that was claimed. */
    static XdpLink attach(final InterfaceProbe device, final BpfObject object, final AttachOptions options) {
        final XdpLink link = new XdpLink(device, object);
        link.create(options);
        return link;
    }

    private static void makeRoom(final InterfaceProbe device, final boolean force) {
        final long start = System.nanoTime();
        Optional<XdpOccupant> occupant = XdpOccupant.of(device.index());
        while (occupant.isPresent()) {
            final XdpOccupant other = occupant.get();
            if (force) {
                other.remove();
                return;
            }
            final boolean mayBeDying = other.mayBeRingvs() && other.owners().isEmpty();
            if (!mayBeDying || System.nanoTime() - start > RELEASE_LIMIT_NS) {
                throw new XdpException(other.refusal(device.name()));
            }
            LockSupport.parkNanos(RELEASE_POLL_NS);
            occupant = XdpOccupant.of(device.index());
        }
    }

    private void create(final AttachOptions options) {
        final StringBuilder reasons = new StringBuilder();
        for (final AttachMode candidate : options.modes()) {
            final int result = createLink(candidate);
            if (result >= 0) {
                fd = result;
                mode = candidate;
                fallbackReason = reasons.toString();
                return;
            }
            if (result == -Errno.EBUSY || result == -Errno.EEXIST) {
                throw new XdpException(XdpOccupant.of(device.index()).map((other) -> other.refusal(device.name()))
                    .orElse(device.name() + " was taken and released by another program just now: try again"));
            }
            reasons.append(reasons.isEmpty() ? "" : "; ").append(explain(candidate, -result));
        }
        throw new XdpException(object.title() + " could not be attached to " + device.name() + ": " + reasons);
    }

    private int createLink(final AttachMode candidate) {
        final long linkOptions = UnsafeApi.allocateMemory(LINK_OPTIONS_BYTES);
        try {
            UnsafeApi.putLong(linkOptions, LINK_OPTIONS_BYTES);
            UnsafeApi.putLong(linkOptions + LINK_OPTIONS_FLAGS, 0L);
            UnsafeApi.putInt(linkOptions + LINK_OPTIONS_FLAGS, candidate.flags);
            return Bpf.get().calls.bpf_link_create(object.fd(), device.index(), ATTACH_TYPE_XDP, linkOptions);
        } finally {
            UnsafeApi.freeMemory(linkOptions);
        }
    }

    private String explain(final AttachMode candidate, final int errno) {
        final String driver = device.driver().isEmpty() ? "its driver" : "driver " + device.driver();
        if (candidate == AttachMode.GENERIC) {
            return "generic mode failed with " + Errno.text(errno);
        }
        return switch (errno) {
            case Errno.EOPNOTSUPP -> driver + " has no native XDP";
            case Errno.ERANGE, Errno.EINVAL -> driver + " refuses native XDP with the present settings, often because"
                + " of an MTU (now " + device.mtu() + ") above one page: " + Errno.text(errno);
            default -> "native mode failed with " + Errno.text(errno);
        };
    }

    AttachMode mode() {
        return mode;
    }

    String fallbackReason() {
        return fallbackReason;
    }

    /** Detaches the program if it is still attached. */
    @Override
    public void close() {
        if (fd >= 0) {
            LinuxCalls.close(fd);
            fd = -1;
        }
    }

    /** The mode, and why it is not a better one. */
    @Override
    public String toString() {
        return mode.name().toLowerCase(Locale.ROOT) + " mode"
            + (fallbackReason.isEmpty() ? "" : " (" + fallbackReason + ")");
    }
}
