package io.ringvs.xdp;

import io.ringvs.linux.Errno;
import io.ringvs.linux.LinuxCalls;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.UnsafeApi;

/**
 * The steering program attached to one interface.
 *
 * <p>It is attached by a BPF link, which this process alone holds: however the process ends, the kernel detaches the
 * program and the interface is as it was. So a killed daemon leaves nothing behind, a steering program that is found on
 * an interface belongs to a daemon that lives (or is still dying, which is waited for), and no other tool can displace
 * ours by accident. Attached by netlink instead, a killed daemon's program would stay, cost time for every frame, and
 * look the same as a live one's.
 *
 * <p><b>Threading</b>: one control thread.
 *
 * <p><b>Errors</b>: {@link XdpException}, one sentence; the interface is left as it was.
 */
public final class XdpProgram implements AutoCloseable {
    /** {@code enum bpf_attach_type}: BPF_XDP. */
    private static final int ATTACH_TYPE_XDP = 37;
    /** Start of {@code struct bpf_link_create_opts}: size u64 at 0, flags u32 at 8. */
    private static final int LINK_OPTIONS_BYTES = 16;
    private static final int LINK_OPTIONS_FLAGS = 8;
    /** How long the kernel may take to let go of a killed daemon's link. */
    private static final long RELEASE_LIMIT_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long RELEASE_POLL_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final InterfaceProbe device;
    private final SteeringMap steeringMap;
    private final SteeringProgram program;
    private final HostMacs hostMacs;
    private final XskMap xskMap;
    private final XdpCounters counters;
    private int linkFd = -1;
    private AttachMode mode;
    private String fallbackReason = "";

    private XdpProgram(final InterfaceProbe device, final SteeringMap steeringMap) {
        this.device = device;
        this.steeringMap = steeringMap;
        this.program = SteeringProgram.load(steeringMap);
        try {
            this.hostMacs = program.hostMacs();
            this.xskMap = program.xskMap();
            this.counters = program.counters();
            hostMacs.setOwn(device.mac());
        } catch (final RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /** Loads a program and attaches it to an interface of the calling thread's network namespace. */
    public static XdpProgram attach(
        final String interfaceName, final SteeringMap steeringMap, final AttachOptions options) {
        final InterfaceProbe device = InterfaceProbe.of(interfaceName);
        if (!device.ethernet()) {
            throw new XdpException(interfaceName + " carries no Ethernet frames, which steering needs");
        }
        makeRoom(device, options.force());
        final XdpProgram program = new XdpProgram(device, steeringMap);
        try {
            program.link(options);
            return program;
        } catch (final RuntimeException e) {
            program.close();
            throw e;
        }
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

    private void link(final AttachOptions options) {
        final StringBuilder reasons = new StringBuilder();
        for (final AttachMode candidate : options.modes()) {
            final int result = createLink(candidate);
            if (result >= 0) {
                linkFd = result;
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
        throw new XdpException("the steering program could not be attached to " + device.name() + ": " + reasons);
    }

    private int createLink(final AttachMode candidate) {
        final long linkOptions = UnsafeApi.allocateMemory(LINK_OPTIONS_BYTES);
        try {
            UnsafeApi.putLong(linkOptions, LINK_OPTIONS_BYTES);
            UnsafeApi.putLong(linkOptions + LINK_OPTIONS_FLAGS, 0L);
            UnsafeApi.putInt(linkOptions + LINK_OPTIONS_FLAGS, candidate.flags);
            return Bpf.get().calls.bpf_link_create(program.fd(), device.index(), ATTACH_TYPE_XDP, linkOptions);
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

    /** Name of the interface. */
    public String interfaceName() {
        return device.name();
    }

    /** The interface as it was when the program was attached. */
    public InterfaceProbe device() {
        return device;
    }

    /** Where the kernel runs the program. */
    public AttachMode mode() {
        return mode;
    }

    /** Why a mode that was to be preferred could not be had; empty if it could. */
    public String fallbackReason() {
        return fallbackReason;
    }

    /** What is steered; shared by all programs that were given it. */
    public SteeringMap steeringMap() {
        return steeringMap;
    }

    /** The sockets of this interface's queues. */
    public XskMap xskMap() {
        return xskMap;
    }

    /** The MAC addresses that are this machine's on this interface; the interface's own one is set. */
    public HostMacs hostMacs() {
        return hostMacs;
    }

    /** What this program did with the frames so far. */
    public XdpCounters counters() {
        return counters;
    }

    /** Detaches the program if it is still attached, and unloads it. */
    @Override
    public void close() {
        if (linkFd >= 0) {
            LinuxCalls.close(linkFd);
            linkFd = -1;
        }
        program.close();
    }

    /** One line for an operator: the interface, the mode, and why it is not a better one. */
    @Override
    public String toString() {
        return device.name() + ": steering in " + mode.name().toLowerCase(Locale.ROOT) + " mode"
            + (fallbackReason.isEmpty() ? "" : " (" + fallbackReason + ")");
    }
}
