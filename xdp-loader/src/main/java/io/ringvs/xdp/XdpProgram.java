package io.ringvs.xdp;

/**
 * The steering program attached to one interface, for as long as this process lives at most.
 *
 * <p><b>Threading</b>: one control thread.
 *
 * <p><b>Errors</b>: {@link XdpException}, one sentence; the interface is left as it was.
 */
public final class XdpProgram implements AutoCloseable {
    private final InterfaceProbe device;
    private final SteeringMap steeringMap;
    private final SteeringProgram program;
    private final HostMacs hostMacs;
    private final VlanMap vlanMap;
    private final XskMap xskMap;
    private final XdpCounters<XdpVerdict> counters;
    private final XdpLink link;

    private XdpProgram(final InterfaceProbe device, final SteeringMap steeringMap, final AttachOptions options) {
        this.device = device;
        this.steeringMap = steeringMap;
        this.program = SteeringProgram.load(steeringMap);
        try {
            this.hostMacs = program.hostMacs();
            this.vlanMap = program.vlanMap();
            this.xskMap = program.xskMap();
            this.counters = program.counters();
            hostMacs.setOwn(device.mac());
            this.link = XdpLink.attach(device, program.object(), options);
        } catch (final RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /** Loads a program and attaches it to an interface of the calling thread's network namespace. */
    public static XdpProgram attach(
        final String interfaceName, final SteeringMap steeringMap, final AttachOptions options) {
        return new XdpProgram(XdpLink.claim(interfaceName, options.force()), steeringMap, options);
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
        return link.mode();
    }

    /** Why a mode that was to be preferred could not be had; empty if it could. */
    public String fallbackReason() {
        return link.fallbackReason();
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

    /** The VLANs whose frames are steered too; none at first. */
    public VlanMap vlanMap() {
        return vlanMap;
    }

    /** To share with the interface's other program. */
    int socketsFd() {
        return program.socketsFd();
    }

    /** What this program did with the frames so far. */
    public XdpCounters<XdpVerdict> counters() {
        return counters;
    }

    /** Detaches the program if it is still attached, and unloads it. */
    @Override
    public void close() {
        link.close();
        program.close();
    }

    /** One line for an operator: the interface, the mode, and why it is not a better one. */
    @Override
    public String toString() {
        return device.name() + ": steering in " + link;
    }
}
