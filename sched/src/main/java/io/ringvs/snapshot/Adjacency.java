package io.ringvs.snapshot;

import io.ringvs.service.IpAddress;

/**
 * How a frame gets to a real server: the interface to leave by and the Ethernet header to carry, resolved from the
 * kernel's routes and neighbours by the control side and ready when the packet comes.
 *
 * <p>{@link #macWord} and {@link #macTail} are the 12 bytes of destination and source MAC as native loads give them:
 * bytes 0..7 and 8..11 of the Ethernet header.
 *
 * <p><b>Threading:</b> immutable.
 */
public final class Adjacency {
    /** How far the kernel could tell the way. */
    public enum State {
        /** Ready to send. */
        RESOLVED,
        /** The route is known, the neighbour's MAC is being asked for: frames wait. */
        UNRESOLVED,
        /** No route: frames are dropped and counted. */
        UNREACHABLE,
        /** The real server's address is this host's own: frames go to the kernel's stack. */
        LOCAL
    }

    public final State state;
    /** Interface index the frame leaves by; 0 when there is no route. */
    public final int interfaceIndex;
    public final long macWord;
    public final int macTail;
    /** Largest layer-3 packet of the route, in bytes. */
    public final int mtu;
    /** Address of this host that packets of its own carry on this way: the outer source of tunnels; null if it has none. */
    public final IpAddress source;

    /** A way for packets that keep their source address. */
    public Adjacency(
        final State state, final int interfaceIndex, final long macWord, final int macTail, final int mtu) {
        this(state, interfaceIndex, macWord, macTail, mtu, null);
    }

    public Adjacency(
        final State state, final int interfaceIndex, final long macWord, final int macTail, final int mtu,
        final IpAddress source) {
        this.state = state;
        this.interfaceIndex = interfaceIndex;
        this.macWord = macWord;
        this.macTail = macTail;
        this.mtu = mtu;
        this.source = source;
    }
}
