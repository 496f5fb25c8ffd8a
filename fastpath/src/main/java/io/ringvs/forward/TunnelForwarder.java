package io.ringvs.forward;

import io.ringvs.packet.EthernetHeader;
import io.ringvs.packet.GreHeader;
import io.ringvs.packet.GueHeader;
import io.ringvs.packet.InternetChecksum;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.UdpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.Tunnel;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.Encapsulation;

import org.agrona.UnsafeApi;

/**
 * Tunnelling: the packet travels to its real server inside another one. It loses one hop and stays as it is; the outer
 * headers grow into the room before it, which a UMEM frame always has.
 *
 * <pre>
 *   before        | Ethernet, VLAN tags | packet
 *   after    Ethernet, VLAN tags | outer IP | GUE or GRE | packet
 *            ^ packet - Encapsulation.length - Adjacency.linkLength
 * </pre>
 *
 * <p>VLAN tags of the frame received are gone: the outer packet is one of the director's own, in the VLAN that the
 * host's routes name.
 *
 * <p><b>Threading:</b> one worker; the frame belongs to the caller.
 *
 * <p><b>Source:</b> ip_vs_tunnel_xmit and ip_vs_tunnel_xmit_v6 of Linux 6.1 {@code ip_vs_xmit.c}.
 */
public final class TunnelForwarder {
    private static final byte FORWARD = Verdict.FORWARD.code();
    private static final byte UNUSABLE = Verdict.DROP_TUNNEL.code();
    private static final int CONGESTION_BITS = 0x3;
    private static final int CONGESTION_EXPERIENCED = 0x3;
    private static final int CONGESTION_CAPABLE = 0x2;
    private static final int WIRE_DO_NOT_FRAGMENT = Ipv4Header.WIRE_DO_NOT_FRAGMENT << Short.SIZE;
    private static final long ADDRESS = 0xffff_ffffL;

    /** Of the next outer IPv4 packet that may be divided. */
    private int identification;

    /** @param firstIdentification a number that differs from worker to worker */
    public TunnelForwarder(final int firstIdentification) {
        identification = firstIdentification;
    }

    /**
     * Puts the outer headers before a packet. The outer packet may be larger than the MTU where it may be divided.
     *
     * @param frame   pointer to the frame's first byte
     * @param headers its {@link ParsedHeaders}
     * @return the code of FORWARD once the outer frame is ready to be sent, otherwise of the verdict it ends or waits
     *         with
     */
    public byte forward(
        final long frame, final long headers, final Adjacency adjacency, final Encapsulation encapsulation) {
        return forward(frame, headers, adjacency, encapsulation, encapsulation.mtu());
    }

    /** The same with another idea of the largest packet that fits inside, in bytes. */
    public byte forward(
        final long frame, final long headers, final Adjacency adjacency, final Encapsulation encapsulation,
        final int mtu) {
        if (!encapsulation.isUsable()
            && (adjacency.state == Adjacency.State.RESOLVED || adjacency.state == Adjacency.State.UNRESOLVED)) {
            return UNUSABLE;
        }
        final boolean mayDivide = !encapsulation.pmtuDiscovery && !ParsedHeaders.isIpv6(headers);
        final byte verdict =
            RouteStep.take(frame, headers, adjacency, mayDivide ? Integer.MAX_VALUE : mtu);
        if (verdict == FORWARD) {
            encapsulate(frame, headers, adjacency, encapsulation);
        }
        return verdict;
    }

    private void encapsulate(
        final long frame, final long headers, final Adjacency adjacency, final Encapsulation encapsulation) {
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        final boolean ipv6 = ParsedHeaders.isIpv6(headers);
        final int packetLength = ParsedHeaders.networkLength(headers);
        if (encapsulation.type == Tunnel.Type.GUE) {
            gue(frame, headers, encapsulation);
        } else if (encapsulation.type == Tunnel.Type.GRE) {
            gre(packet, packetLength, ipv6 ? EthernetHeader.TYPE_IPV6 : EthernetHeader.TYPE_IPV4, encapsulation);
        }
        final int service = outerService(ipv6 ? Ipv6Header.trafficClass(packet) : Ipv4Header.typeOfService(packet));
        final int hops = ipv6 ? Ipv6Header.hopLimit(packet) : Ipv4Header.timeToLive(packet);
        final long outer = packet - encapsulation.length;
        final int outerLength = encapsulation.length + packetLength;
        if (encapsulation.outerIpv6) {
            ipv6(outer, service, outerLength, hops, encapsulation);
        } else {
            final boolean whole = !ipv6 && encapsulation.pmtuDiscovery && Ipv4Header.mustNotFragment(packet);
            Ipv4Header.write(outer, service, outerLength, whole ? WIRE_DO_NOT_FRAGMENT : nextIdentification(), hops,
                encapsulation.protocol, encapsulation.sourceWord0 & ADDRESS | encapsulation.destinationWord0 << 32);
        }
        LinkHeader.write(
            outer, adjacency, encapsulation.outerIpv6 ? EthernetHeader.TYPE_IPV6 : EthernetHeader.TYPE_IPV4);
    }

    private static void gre(
        final long packet, final int packetLength, final short type, final Encapsulation encapsulation) {
        if (encapsulation.checksum) {
            GreHeader.writeWithChecksum(packet - GreHeader.LENGTH_WITH_CHECKSUM, type, packetLength);
        } else {
            GreHeader.write(packet - GreHeader.LENGTH, type);
        }
    }

    private static void gue(final long frame, final long headers, final Encapsulation encapsulation) {
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        final long udp = packet - GueHeader.LENGTH - UdpHeader.LENGTH;
        final int length = UdpHeader.LENGTH + GueHeader.LENGTH + ParsedHeaders.networkLength(headers);
        GueHeader.write(
            packet - GueHeader.LENGTH, ParsedHeaders.isIpv6(headers) ? IpProtocol.IPV6 : IpProtocol.IPIP);
        UdpHeader.write(udp, TunnelPorts.of(frame, headers), encapsulation.port, length);
        if (encapsulation.checksum) {
            final short checksum = udpChecksum(udp, length, encapsulation);
            // 0 would say that there is none (RFC 768)
            UnsafeApi.putShort(udp + UdpHeader.CHECKSUM, checksum == 0 ? (short)0xffff : checksum);
        }
    }

    private static short udpChecksum(final long udp, final int length, final Encapsulation encapsulation) {
        long sum = InternetChecksum.add(0, encapsulation.sourceWord0);
        sum = InternetChecksum.add(sum, encapsulation.sourceWord1);
        sum = InternetChecksum.add(sum, encapsulation.destinationWord0);
        sum = InternetChecksum.add(sum, encapsulation.destinationWord1);
        sum = InternetChecksum.addNumber(sum, IpProtocol.UDP);
        sum = InternetChecksum.addNumber(sum, length);
        return InternetChecksum.finish(InternetChecksum.add(sum, udp, length));
    }

    private static void ipv6(
        final long outer, final int trafficClass, final int length, final int hops, final Encapsulation encapsulation) {
        Ipv6Header.write(outer, trafficClass, length - Ipv6Header.LENGTH, encapsulation.protocol, hops);
        UnsafeApi.putLong(outer + Ipv6Header.SOURCE, encapsulation.sourceWord0);
        UnsafeApi.putLong(outer + Ipv6Header.SOURCE + Long.BYTES, encapsulation.sourceWord1);
        UnsafeApi.putLong(outer + Ipv6Header.DESTINATION, encapsulation.destinationWord0);
        UnsafeApi.putLong(outer + Ipv6Header.DESTINATION + Long.BYTES, encapsulation.destinationWord1);
    }

    /**
     * Congestion seen before the tunnel is not seen again inside it: INET_ECN_encapsulate of Linux, RFC 3168 section
     * 9.1.
     */
    private static int outerService(final int service) {
        return (service & CONGESTION_BITS) == CONGESTION_EXPERIENCED
            ? service & ~CONGESTION_BITS | CONGESTION_CAPABLE : service;
    }

    private int nextIdentification() {
        identification++;
        return identification & 0xffff;
    }
}
