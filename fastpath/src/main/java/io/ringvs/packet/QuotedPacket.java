package io.ringvs.packet;

import io.ringvs.service.IpProtocol;

import org.agrona.UnsafeApi;

/**
 * Reads the packet that an ICMP error quotes: it travelled from a virtual service to a client, so that its addresses
 * and ports, exchanged, are the key of its connection.
 *
 * <pre>
 *   Ethernet, VLAN tags | IP | ICMP 8 | quoted IP, extension headers | quoted ports, and perhaps more
 * </pre>
 *
 * <p><b>Threading:</b> static functions; the frame and the flow belong to the caller.
 *
 * <p><b>Errors:</b> none thrown; a frame of any content is read within its bounds.
 *
 * <p><b>Source:</b> ip_vs_in_icmp and ip_vs_in_icmp_v6 of Linux 6.1 {@code ip_vs_core.c}; RFC 792, RFC 4443 section
 * 2.1.
 */
public final class QuotedPacket {
    /** The message is no error, or quotes nothing that could belong to a connection. */
    public static final int NONE = -1;

    private static final int UNREACHABLE = 3;
    private static final int SOURCE_QUENCH = 4;
    private static final int TIME_EXCEEDED = 11;
    private static final int V6_FIRST_INFORMATIONAL = 128;
    private static final int PORTS = 4;

    private QuotedPacket() {
    }

    /** Whether an ICMP message is an error that may belong to a connection. */
    public static boolean isError(final long headers) {
        final int type = ParsedHeaders.event(headers);
        return ParsedHeaders.isIpv6(headers) ? type < V6_FIRST_INFORMATIONAL
            : type == UNREACHABLE || type == SOURCE_QUENCH || type == TIME_EXCEEDED;
    }

    /**
     * Writes the key of the connection that the quoted packet belongs to.
     *
     * @param frame   pointer to the frame's first byte
     * @param headers its {@link ParsedHeaders}, of an ICMP message with a complete header
     * @param flow    receives the key
     * @return bytes from the start of the frame to the quoted ports, or {@link #NONE}
     */
    public static int readFlow(final long frame, final long headers, final long flow) {
        if (!isError(headers)) {
            return NONE;
        }
        final int offset = ParsedHeaders.transportOffset(headers) + IcmpHeader.LENGTH;
        final int end = ParsedHeaders.frameLength(headers);
        return ParsedHeaders.isIpv6(headers) ? ipv6(frame, offset, end, flow) : ipv4(frame, offset, end, flow);
    }

    private static int ipv4(final long frame, final int offset, final int end, final long flow) {
        if (end < offset + Ipv4Header.MIN_LENGTH) {
            return NONE;
        }
        final long header = frame + offset;
        final int versionAndLength = Ipv4Header.versionAndLength(header);
        final int headerLength = (versionAndLength & 0xf) << 2;
        final int protocol = Ipv4Header.protocol(header);
        final int ports = offset + headerLength;
        if (versionAndLength >>> 4 != 4 || headerLength < Ipv4Header.MIN_LENGTH || Ipv4Header.isLaterFragment(header)
            || !hasPorts(protocol) || end < ports + PORTS) {
            return NONE;
        }
        FlowKeyWriter.ipv4(flow, Ipv4Header.destinationWord(header), Ipv4Header.sourceWord(header), protocol,
            exchanged(frame + ports));
        return ports;
    }

    private static int ipv6(final long frame, final int offset, final int end, final long flow) {
        if (end < offset + Ipv6Header.LENGTH || Ipv6Header.version(frame + offset) != 6) {
            return NONE;
        }
        int number = Ipv6Header.nextHeader(frame + offset);
        int at = offset + Ipv6Header.LENGTH;
        for (int followed = 0; Ipv6Header.isExtension(number); followed++) {
            final long extension = frame + at;
            if (followed == PacketParser.MAX_EXTENSIONS || end < at + Ipv6Header.MIN_EXTENSION_LENGTH
                || number == Ipv6Header.FRAGMENT && Ipv6Header.isLaterFragment(extension)) {
                return NONE;
            }
            at += Ipv6Header.extensionLength(number, extension);
            number = Ipv6Header.extensionNext(extension);
        }
        if (!hasPorts(number) || end < at + PORTS) {
            return NONE;
        }
        FlowKeyWriter.ipv6Reversed(flow, frame + offset, number, exchanged(frame + at));
        return at;
    }

    static boolean hasPorts(final int protocol) {
        return protocol == IpProtocol.TCP || protocol == IpProtocol.UDP || protocol == IpProtocol.SCTP;
    }

    private static int exchanged(final long ports) {
        return Integer.rotateLeft(UnsafeApi.getInt(ports), Short.SIZE);
    }
}
