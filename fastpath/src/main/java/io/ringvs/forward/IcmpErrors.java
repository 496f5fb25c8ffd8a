package io.ringvs.forward;

import io.ringvs.packet.EthernetHeader;
import io.ringvs.packet.IcmpHeader;
import io.ringvs.packet.InternetChecksum;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.service.IpProtocol;

import org.agrona.UnsafeApi;

/**
 * Turns a frame into an ICMP error about its packet, addressed to the packet's sender: the packet stays where it is and
 * is what the error quotes.
 *
 * <pre>
 *   before                            | Ethernet, VLAN tags | packet
 *   after    Ethernet, VLAN tags | IP | ICMP | as much of the packet as an error may quote
 *            ^ frame - shift
 * </pre>
 *
 * <p>The error goes back to the MAC address that the frame came from, in the same VLAN, from the address that the
 * packet was for. IPv4 errors are 576 bytes at most, IPv6 errors 1280.
 *
 * <p><b>Threading:</b> static functions; the frame belongs to the caller.
 *
 * <p><b>Source:</b> icmp_send of Linux 6.1 {@code net/ipv4/icmp.c}, icmp6_send of {@code net/ipv6/icmp.c}; RFC 1812
 * section 4.3.2, RFC 4443 section 2.4.
 */
public final class IcmpErrors {
    /** Bytes by which an IPv4 error begins before the packet it is about. */
    public static final int SHIFT_IPV4 = Ipv4Header.MIN_LENGTH + IcmpHeader.LENGTH;
    /** Likewise of IPv6. */
    public static final int SHIFT_IPV6 = Ipv6Header.LENGTH + IcmpHeader.LENGTH;
    /** Bytes of the packet that are quoted at most. */
    private static final int MAX_QUOTE_IPV4 = 576 - SHIFT_IPV4;
    private static final int MAX_QUOTE_IPV6 = 1280 - SHIFT_IPV6;
    private static final int HOPS = 64;
    private static final int TYPE_OF_SERVICE_BITS = 0x1e;
    private static final int INTERNETWORK_CONTROL = 0xc0;
    private static final long MAC = 0xffff_ffff_ffffL;

    private IcmpErrors() {
    }

    /** Bytes by which the error begins before the frame. */
    public static int shift(final long headers) {
        return ParsedHeaders.isIpv6(headers) ? SHIFT_IPV6 : SHIFT_IPV4;
    }

    /**
     * Writes the error, from the address that the packet was for.
     *
     * @param frame          pointer to the frame's first byte
     * @param headers        its {@link ParsedHeaders}
     * @param error          an {@link IcmpHeader} constant of the packet's family
     * @param mtu            in bytes; 0 where the error has none
     * @param identification of the IPv4 packet
     * @return length of the frame, in bytes
     */
    public static int write(
        final long frame, final long headers, final int error, final int mtu, final int identification) {
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        return ParsedHeaders.isIpv6(headers)
            ? write(frame, headers, error, mtu, identification, UnsafeApi.getLong(packet + Ipv6Header.DESTINATION),
                UnsafeApi.getLong(packet + Ipv6Header.DESTINATION + Long.BYTES))
            : write(frame, headers, error, mtu, identification, Ipv4Header.destinationWord(packet), 0);
    }

    /** The same from another address, whose wire words are given. */
    public static int write(
        final long frame, final long headers, final int error, final int mtu, final int identification,
        final long source0, final long source1) {
        final int shift = shift(headers);
        final int linkLength = ParsedHeaders.networkOffset(headers);
        final long packet = frame + linkLength;
        linkHeader(frame, frame - shift, linkLength);
        final int length = ParsedHeaders.isIpv6(headers)
            ? ipv6(packet, ParsedHeaders.networkLength(headers), error, mtu, source0, source1)
            : ipv4(packet, ParsedHeaders.networkLength(headers), error, mtu, identification, source0);
        return linkLength + length;
    }

    /** Copies addresses swapped, and tags; the two headers never overlap, as the shift is larger than the longest. */
    private static void linkHeader(final long from, final long to, final int length) {
        final long macWord = UnsafeApi.getLong(from);
        final long destination = macWord & MAC;
        final long source = macWord >>> 48 | (UnsafeApi.getInt(from + Long.BYTES) & 0xffff_ffffL) << 16;
        UnsafeApi.copyMemory(from + EthernetHeader.TYPE, to + EthernetHeader.TYPE, length - EthernetHeader.TYPE);
        EthernetHeader.addresses(to, source | destination << 48, (int)(destination >>> 16));
    }

    /**
     * Writes the IPv4 and ICMP headers of an error before a packet that lies anywhere in a frame.
     *
     * @param packet       pointer to the packet's first byte
     * @param packetLength bytes of it that are there
     * @param rest         of the ICMP header, see {@link IcmpHeader#write}
     * @param source       wire word of the address it comes from
     * @return length of the error at layer 3, in bytes; it begins {@link #SHIFT_IPV4} before the packet
     */
    public static int ipv4(
        final long packet, final int packetLength, final int error, final int rest, final int identification,
        final long source) {
        final int quote = Math.min(packetLength, MAX_QUOTE_IPV4);
        final long icmp = packet - IcmpHeader.LENGTH;
        IcmpHeader.write(icmp, error, rest);
        UnsafeApi.putShort(icmp + IcmpHeader.CHECKSUM,
            InternetChecksum.finish(InternetChecksum.add(0, icmp, IcmpHeader.LENGTH + quote)));
        final int service = Ipv4Header.typeOfService(packet) & TYPE_OF_SERVICE_BITS | INTERNETWORK_CONTROL;
        final long addresses = source | Ipv4Header.sourceWord(packet) << Integer.SIZE;
        Ipv4Header.write(packet - SHIFT_IPV4, service, SHIFT_IPV4 + quote, identification & 0xffff, HOPS,
            IpProtocol.ICMP, addresses);
        return SHIFT_IPV4 + quote;
    }

    /** The same for an IPv6 packet; it begins {@link #SHIFT_IPV6} before it. */
    public static int ipv6(
        final long packet, final int packetLength, final int error, final int rest, final long source0,
        final long source1) {
        final int length = IcmpHeader.LENGTH + Math.min(packetLength, MAX_QUOTE_IPV6);
        final long header = packet - SHIFT_IPV6;
        Ipv6Header.write(header, 0, length, IpProtocol.ICMPV6, HOPS);
        UnsafeApi.putLong(header + Ipv6Header.SOURCE, source0);
        UnsafeApi.putLong(header + Ipv6Header.SOURCE + Long.BYTES, source1);
        for (int offset = 0; offset < Ipv6Header.DESTINATION - Ipv6Header.SOURCE; offset += Long.BYTES) {
            UnsafeApi.putLong(
                header + Ipv6Header.DESTINATION + offset, UnsafeApi.getLong(packet + Ipv6Header.SOURCE + offset));
        }
        final long icmp = packet - IcmpHeader.LENGTH;
        IcmpHeader.write(icmp, error, rest);
        long sum = InternetChecksum.add(0, header + Ipv6Header.SOURCE, Ipv6Header.LENGTH - Ipv6Header.SOURCE);
        sum = InternetChecksum.addNumber(sum, IpProtocol.ICMPV6);
        sum = InternetChecksum.addNumber(sum, length);
        UnsafeApi.putShort(
            icmp + IcmpHeader.CHECKSUM, InternetChecksum.finish(InternetChecksum.add(sum, icmp, length)));
        return Ipv6Header.LENGTH + length;
    }
}
