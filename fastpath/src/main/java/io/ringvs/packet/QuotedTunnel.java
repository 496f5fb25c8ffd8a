package io.ringvs.packet;

import io.ringvs.service.IpProtocol;

import org.agrona.UnsafeApi;

/**
 * Reads the tunnel packet that an ICMP error quotes: the director sent it, and inside is a client's packet, whose
 * addresses and ports are the key of its connection.
 *
 * <pre>
 *   Ethernet | IPv4 | ICMP 8 | quoted outer IPv4 | ipip: nothing; UDP 8, GUE 4; GRE 4 or 8 | IPv4 | ports, perhaps more
 * </pre>
 *
 * <p><b>Threading:</b> static functions; the frame and the flow belong to the caller.
 *
 * <p><b>Errors:</b> none thrown; a frame of any content is read within its bounds.
 *
 * <p><b>Source:</b> ip_vs_in_icmp, ipvs_udp_decap and ipvs_gre_decap of Linux 6.1 {@code ip_vs_core.c}. It knows
 * tunnels of IPv4 in IPv4 only.
 */
public final class QuotedTunnel {
    /** What is quoted is no tunnel packet. */
    public static final int NONE = -1;

    private static final int GUE_VERSION_AND_CONTROL = 0xe0;
    private static final int GUE_LENGTH_MASK = 0x1f;
    private static final int PORTS = 4;

    private QuotedTunnel() {
    }

    /** Bytes from the start of the frame to the outer header of what an ICMP message quotes. */
    public static int outer(final long headers) {
        return ParsedHeaders.transportOffset(headers) + IcmpHeader.LENGTH;
    }

    /**
     * Where the client's packet begins that a quoted tunnel packet carries, in bytes from the start of the frame; its
     * IPv4 header and ports are there whole. Or {@link #NONE}.
     *
     * @param frame   pointer to the frame's first byte
     * @param headers its {@link ParsedHeaders}, of an ICMP message with a complete header
     */
    public static int inner(final long frame, final long headers) {
        final int outer = outer(headers);
        final int end = ParsedHeaders.frameLength(headers);
        if (ParsedHeaders.isIpv6(headers) || !QuotedPacket.isError(headers) || headerEnd(frame, outer, end) == NONE
            || Ipv4Header.isLaterFragment(frame + outer)) {
            return NONE;
        }
        final int inner = payload(frame, headerEnd(frame, outer, end), end, Ipv4Header.protocol(frame + outer));
        if (inner == NONE) {
            return NONE;
        }
        final int ports = headerEnd(frame, inner, end);
        return ports == NONE || end < ports + PORTS || !QuotedPacket.hasPorts(Ipv4Header.protocol(frame + inner))
            ? NONE : inner;
    }

    /** Where what follows an IPv4 header begins, or {@link #NONE} if it is none. */
    private static int headerEnd(final long frame, final int header, final int end) {
        if (end < header + Ipv4Header.MIN_LENGTH) {
            return NONE;
        }
        final int versionAndLength = Ipv4Header.versionAndLength(frame + header);
        final int length = (versionAndLength & 0xf) << 2;
        return versionAndLength >>> 4 != 4 || length < Ipv4Header.MIN_LENGTH || end < header + length
            ? NONE : header + length;
    }

    private static int payload(final long frame, final int start, final int end, final int protocol) {
        return switch (protocol) {
            case IpProtocol.IPIP -> start;
            case IpProtocol.UDP -> gue(frame, start + UdpHeader.LENGTH, end);
            case IpProtocol.GRE -> gre(frame, start, end);
            default -> NONE;
        };
    }

    private static int gue(final long frame, final int start, final int end) {
        if (end < start + GueHeader.LENGTH) {
            return NONE;
        }
        final int first = UnsafeApi.getByte(frame + start) & 0xff;
        return (first & GUE_VERSION_AND_CONTROL) != 0 || UnsafeApi.getByte(frame + start + 1) != IpProtocol.IPIP
            ? NONE : start + GueHeader.LENGTH + ((first & GUE_LENGTH_MASK) << 2);
    }

    private static int gre(final long frame, final int start, final int end) {
        if (end < start + GreHeader.LENGTH || GreHeader.type(frame + start) != EthernetHeader.TYPE_IPV4) {
            return NONE;
        }
        if (GreHeader.isPlain(frame + start)) {
            return start + GreHeader.LENGTH;
        }
        return GreHeader.hasChecksumOnly(frame + start) ? start + GreHeader.LENGTH_WITH_CHECKSUM : NONE;
    }

    /** UDP destination port of a quoted outer packet, host order. */
    public static int udpPort(final long frame, final long headers) {
        final long outer = frame + outer(headers);
        final long udp = outer + ((Ipv4Header.versionAndLength(outer) & 0xf) << 2);
        return Short.reverseBytes(UnsafeApi.getShort(udp + Short.BYTES)) & 0xffff;
    }

    /**
     * Writes the key of the connection that the client's packet belongs to.
     *
     * @param inner what {@link #inner} said
     * @param flow  receives the key
     */
    public static void readFlow(final long frame, final int inner, final long flow) {
        final long header = frame + inner;
        final long ports = header + ((Ipv4Header.versionAndLength(header) & 0xf) << 2);
        FlowKeyWriter.ipv4(flow, Ipv4Header.sourceWord(header), Ipv4Header.destinationWord(header),
            Ipv4Header.protocol(header), UnsafeApi.getInt(ports));
    }
}
