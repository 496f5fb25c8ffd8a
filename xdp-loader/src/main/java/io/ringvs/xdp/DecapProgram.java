package io.ringvs.xdp;

import java.util.Set;
import org.agrona.UnsafeApi;

/**
 * The decapsulation program attached to an interface of a real server, for as long as this process lives at most: it
 * takes packets to virtual addresses out of the tunnels in which a director sends them.
 *
 * <p><b>Threading</b>: one control thread.
 *
 * <p><b>Errors</b>: {@link XdpException}, one sentence; the interface is left as it was.
 */
public final class DecapProgram implements AutoCloseable {
    /** Name by which the kernel lists the program, and by which another RingVS recognises it. */
    static final String NAME = "ringvs_decap";
    /** Port of GUE that IANA assigned. */
    public static final int DEFAULT_GUE_PORT = 6080;
    private static final String RESOURCE = "decap.bpf.o";

    private final InterfaceProbe device;
    private final BpfObject object;
    private final DecapAddresses addresses;
    private final XdpCounters<DecapVerdict> counters;
    private XdpLink link;

    private DecapProgram(final InterfaceProbe device, final Set<WireAddress> vips, final int guePort) {
        this.device = device;
        this.object = BpfObject.open(NAME, "the decapsulation program", BpfObject.resource(RESOURCE));
        try {
            object.load();
            putGuePort(guePort);
            this.addresses = new DecapAddresses(object.bpf(), object.mapFd("rvs_addresses"), vips);
            this.counters = new XdpCounters<>(object.bpf(), object.mapFd("rvs_counters"), DecapVerdict.class);
        } catch (final RuntimeException e) {
            object.close();
            throw e;
        }
    }

    /** Loads a program without attaching it. */
    static DecapProgram load(final Set<WireAddress> vips, final int guePort) {
        return new DecapProgram(null, vips, guePort);
    }

    /**
     * Loads a program and attaches it to an interface of the calling thread's network namespace.
     *
     * @param vips    virtual addresses, of either family; packets to others stay in their tunnels
     * @param hosts   as for {@link #hostAddresses}
     * @param guePort UDP port of GUE, 1 to 65535
     */
    public static DecapProgram attach(
        final String interfaceName, final Set<WireAddress> vips, final Set<WireAddress> hosts, final int guePort,
        final AttachOptions options) {
        final DecapProgram program =
            new DecapProgram(XdpLink.claim(interfaceName, options.force()), vips, guePort);
        try {
            program.hostAddresses(hosts);
            program.link = XdpLink.attach(program.device, program.object, options);
            return program;
        } catch (final RuntimeException e) {
            program.close();
            throw e;
        }
    }

    private void putGuePort(final int port) {
        if (port < 1 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port + " is not within 1 to 65535");
        }
        final long pair = UnsafeApi.allocateMemory(Long.BYTES);
        try {
            UnsafeApi.putInt(pair, 0);
            UnsafeApi.putInt(pair + Integer.BYTES, port);
            object.bpf().update(object.mapFd("rvs_gue_port"), pair, pair + Integer.BYTES);
        } finally {
            UnsafeApi.freeMemory(pair);
        }
    }

    /** Makes these the addresses at which tunnels end. */
    public void hostAddresses(final Set<WireAddress> hosts) {
        addresses.hosts(hosts);
    }

    /** What the program did with the frames so far. */
    public XdpCounters<DecapVerdict> counters() {
        return counters;
    }

    int fd() {
        return object.fd();
    }

    /** Detaches the program if it is still attached, and unloads it. */
    @Override
    public void close() {
        if (link != null) {
            link.close();
        }
        object.close();
    }

    /** One line for an operator: the interface, the mode, and why it is not a better one. */
    @Override
    public String toString() {
        return device.name() + ": decapsulating in " + link;
    }
}
