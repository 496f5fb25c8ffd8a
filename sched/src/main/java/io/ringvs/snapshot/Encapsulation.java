package io.ringvs.snapshot;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.Tunnel;

/**
 * What is put before a packet on its way through a tunnel to one real server: all that is the same for every packet, so
 * that the packet path only adds lengths, hop limit and checksums.
 *
 * <pre>
 *   Ethernet 14 | outer IP 20 or 40 | ipip: nothing; gue: UDP 8, GUE 4; gre: 4, or 8 with a checksum | packet
 * </pre>
 *
 * <p><b>Threading:</b> immutable, but for what routers tell: see {@link PathMtu}.
 *
 * <p><b>Source:</b> ip_vs_tunnel_xmit, ip_vs_tunnel_xmit_v6 and __ip_vs_get_out_rt of Linux 6.1 {@code ip_vs_xmit.c}.
 */
public final class Encapsulation {
    private static final int UNUSABLE = 0;

    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int UDP_AND_GUE = 12;
    private static final int GRE = 4;
    private static final int GRE_CHECKSUM = 4;
    /** Smallest packet that every way must take, in bytes: RFC 791 section 3.2, RFC 8200 section 5. */
    private static final int MIN_MTU_IPV4 = 68;
    private static final int MIN_MTU_IPV6 = 1280;

    public final Tunnel.Type type;
    /** Whether the outer IP header is one of IPv6. */
    public final boolean outerIpv6;
    /** Whether a checksum is made over the packet: in UDP, or in GRE. */
    public final boolean checksum;
    /** UDP destination port of gue, host order. */
    public final int port;
    /** Bytes between the Ethernet header and the packet. */
    public final int length;
    /** Largest packet that fits inside by the host's route, in bytes, or {@link #UNUSABLE}. */
    private final int mtu;
    /** What routers told of the way, of outer packets. */
    private final PathMtu path;
    private final int routeMtu;
    /** Whether the outer packet must stay whole where the packet inside must. */
    public final boolean pmtuDiscovery;
    /** Number of the protocol that follows the outer IP header. */
    public final int protocol;
    /** Wire words of the outer addresses. */
    public final long sourceWord0;
    public final long sourceWord1;
    public final long destinationWord0;
    public final long destinationWord1;

    private Encapsulation(
        final Family inner, final DestinationConfig server, final Adjacency adjacency, final boolean pmtuDiscovery,
        final PathMtu path) {
        final IpAddress source = adjacency.source;
        final Tunnel tunnel = server.tunnel();
        type = tunnel.type();
        outerIpv6 = server.address().family() == Family.IPV6;
        // what comes from the wire has its checksum already, so gue's remote checksum is never put off: an ordinary one
        checksum = type == Tunnel.Type.GUE && tunnel.checksum() != Tunnel.Checksum.NONE
            || type == Tunnel.Type.GRE && tunnel.checksum() == Tunnel.Checksum.CHECKSUM;
        port = tunnel.port();
        length = (outerIpv6 ? IPV6_HEADER : IPV4_HEADER) + between(type, checksum);
        final boolean usable = source != null && source.family() == server.address().family()
            && adjacency.mtu - length >= (outerIpv6 ? MIN_MTU_IPV6 : MIN_MTU_IPV4);
        mtu = usable ? adjacency.mtu - length : UNUSABLE;
        routeMtu = adjacency.mtu;
        this.path = path;
        this.pmtuDiscovery = pmtuDiscovery;
        protocol = protocol(type, inner);
        sourceWord0 = source == null ? 0 : source.word0();
        sourceWord1 = source == null ? 0 : source.word1();
        destinationWord0 = server.address().word0();
        destinationWord1 = server.address().word1();
    }

    /**
     * The encapsulation for a real server.
     *
     * @param inner         family of the virtual service
     * @param pmtuDiscovery the setting pmtu_disc
     * @param path          what routers told of the way to it
     */
    static Encapsulation of(
        final Family inner, final DestinationConfig server, final Adjacency adjacency, final boolean pmtuDiscovery,
        final PathMtu path) {
        return new Encapsulation(inner, server, adjacency, pmtuDiscovery, path);
    }

    /** Whether the tunnel can be used: its way is wide enough, and the host has an address for its own end. */
    public boolean isUsable() {
        return mtu != UNUSABLE;
    }

    /** Largest packet that fits inside a usable tunnel, in bytes, for a packet that is about to go this way. */
    public int mtu() {
        return Math.min(mtu, path.use() - length);
    }

    /**
     * Takes what a router tells of the way in an ICMP error.
     *
     * @param told the largest outer packet it takes, in bytes; 0 if it tells none
     * @return the size to tell the client, in bytes: of the way as the last packet found it
     */
    public int learnMtu(final int told, final long nowNs) {
        path.learn(told, routeMtu, nowNs);
        final int outer = Math.min(routeMtu, path.used());
        return outer > MIN_MTU_IPV4 + length ? outer - length : outer;
    }

    private static int between(final Tunnel.Type type, final boolean checksum) {
        return switch (type) {
            case IPIP -> 0;
            case GUE -> UDP_AND_GUE;
            case GRE -> GRE + (checksum ? GRE_CHECKSUM : 0);
        };
    }

    private static int protocol(final Tunnel.Type type, final Family inner) {
        return switch (type) {
            case IPIP -> inner == Family.IPV6 ? IpProtocol.IPV6 : IpProtocol.IPIP;
            case GUE -> IpProtocol.UDP;
            case GRE -> IpProtocol.GRE;
        };
    }
}
