package io.ringvs.snapshot;

import io.ringvs.service.IpAddress;

/**
 * How a frame gets to a real server: the interface to leave by and the Ethernet header to carry, resolved from the
 * kernel's routes and neighbours by the control side and ready when the packet comes.
 *
 * <p>{@link #macWord} and {@link #macTail} are the 12 bytes of destination and source MAC as native loads give them:
 * bytes 0..7 and 8..11 of the Ethernet header. {@link #tags} are the VLAN tags that follow them there.
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

    /** Tags of a way that is in no VLAN. */
    public static final long NO_TAGS = 0;

    private static final int ETHERNET_LENGTH = 14;
    private static final int TAG_LENGTH = 4;

    public final State state;
    /** Index of the interface that the frame leaves by, of a VLAN the one below it; 0 when there is no route. */
    public final int interfaceIndex;
    public final long macWord;
    public final int macTail;
    /** Up to two VLAN tags of 4 bytes as a native load of them gives, the outer one first; further bytes are 0. */
    public final long tags;
    /** Bytes of the Ethernet header with its tags. */
    public final int linkLength;
    /** Largest layer-3 packet of the route, in bytes. */
    public final int mtu;
    /**
     * Address of this host that packets of its own carry on this way: the outer source of tunnels; null if it has none.
     */
    public final IpAddress source;

    /** A way for packets that keep their source address. */
    public Adjacency(
        final State state, final int interfaceIndex, final long macWord, final int macTail, final int mtu) {
        this(state, interfaceIndex, macWord, macTail, mtu, null, NO_TAGS);
    }

    /** A way without VLAN tags. */
    public Adjacency(
        final State state, final int interfaceIndex, final long macWord, final int macTail, final int mtu,
        final IpAddress source) {
        this(state, interfaceIndex, macWord, macTail, mtu, source, NO_TAGS);
    }

    public Adjacency(
        final State state, final int interfaceIndex, final long macWord, final int macTail, final int mtu,
        final IpAddress source, final long tags) {
        this.state = state;
        this.interfaceIndex = interfaceIndex;
        this.macWord = macWord;
        this.macTail = macTail;
        this.mtu = mtu;
        this.source = source;
        this.tags = tags;
        linkLength = ETHERNET_LENGTH + (tags == NO_TAGS ? 0 : tags >>> Integer.SIZE == 0 ? TAG_LENGTH : 2 * TAG_LENGTH);
    }
}
