package io.ringvs.forward;

import io.ringvs.packet.IcmpHeader;
import io.ringvs.packet.InternetChecksum;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.service.IpProtocol;

import org.agrona.UnsafeApi;

/**
 * Translates ICMP errors about packets of translated connections, so that the receiver recognizes the packet that is
 * quoted as one of its own.
 *
 * <pre>
 *                 | IP: source, destination | ICMP | quoted IP: source, destination | quoted ports: source, destination
 *   to the server |         x               |      |            x                   |               x
 *   to the client | x                       |      |                    x           |                       x
 * </pre>
 *
 * <p>With FULLNAT both ends change, each as above: to the server the second line takes the local end, to the client the
 * first one takes the client.
 *
 * <p>The checksums of both IPv4 headers and of ICMP are computed anew; that of the quoted transport header stays.
 *
 * <p><b>Threading:</b> static functions; the frame belongs to the caller.
 *
 * <p><b>Source:</b> ip_vs_nat_icmp and ip_vs_nat_icmp_v6 of Linux 6.1 {@code ip_vs_core.c}; RFC 5508 section 4.2.
 */
public final class IcmpTranslation {
    private IcmpTranslation() {
    }

    /**
     * Translates an error from the client's side about an answer of the real server.
     *
     * @param frame   pointer to the frame's first byte
     * @param headers its {@link ParsedHeaders}
     * @param ports   bytes from the start of the frame to the quoted ports
     * @param word0   first wire word of the real server's address
     * @param port    at the real server, network order as natively loaded
     */
    public static void toServer(
        final long frame, final long headers, final int ports, final long word0, final long word1, final short port) {
        final boolean ipv6 = ParsedHeaders.isIpv6(headers);
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        UnsafeApi.putShort(frame + ports, port);
        write(packet + (ipv6 ? Ipv6Header.DESTINATION : Ipv4Header.DESTINATION), ipv6, word0, word1);
        write(quoted(frame, headers) + (ipv6 ? Ipv6Header.SOURCE : Ipv4Header.SOURCE), ipv6, word0, word1);
        finish(frame, headers);
    }

    /**
     * Translates an error from the real server's side about a packet of the client.
     *
     * @param word0 first wire word of the virtual address
     * @param port  virtual port, network order as natively loaded
     */
    public static void toClient(
        final long frame, final long headers, final int ports, final long word0, final long word1, final short port) {
        final boolean ipv6 = ParsedHeaders.isIpv6(headers);
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        UnsafeApi.putShort(frame + ports + Short.BYTES, port);
        write(packet + (ipv6 ? Ipv6Header.SOURCE : Ipv4Header.SOURCE), ipv6, word0, word1);
        write(quoted(frame, headers) + (ipv6 ? Ipv6Header.DESTINATION : Ipv4Header.DESTINATION), ipv6, word0, word1);
        finish(frame, headers);
    }

    /** Whether the checksum of an ICMP message is right. */
    public static boolean isChecksumCorrect(final long frame, final long headers) {
        return checksum(frame, headers) == 0;
    }

    private static long quoted(final long frame, final long headers) {
        return frame + ParsedHeaders.transportOffset(headers) + IcmpHeader.LENGTH;
    }

    private static void write(final long address, final boolean ipv6, final long word0, final long word1) {
        if (ipv6) {
            UnsafeApi.putLong(address, word0);
            UnsafeApi.putLong(address + Long.BYTES, word1);
        } else {
            UnsafeApi.putInt(address, (int)word0);
        }
    }

    private static void finish(final long frame, final long headers) {
        if (!ParsedHeaders.isIpv6(headers)) {
            finishHeader(frame + ParsedHeaders.networkOffset(headers));
            finishHeader(quoted(frame, headers));
        }
        final long field = frame + ParsedHeaders.transportOffset(headers) + IcmpHeader.CHECKSUM;
        UnsafeApi.putShort(field, (short)0);
        UnsafeApi.putShort(field, checksum(frame, headers));
    }

    private static void finishHeader(final long header) {
        UnsafeApi.putShort(header + Ipv4Header.CHECKSUM, (short)0);
        UnsafeApi.putShort(header + Ipv4Header.CHECKSUM,
            InternetChecksum.of(header, (Ipv4Header.versionAndLength(header) & 0xf) << 2));
    }

    private static short checksum(final long frame, final long headers) {
        final int offset = ParsedHeaders.transportOffset(headers);
        final int length = ParsedHeaders.frameLength(headers) - offset;
        long sum = 0;
        if (ParsedHeaders.isIpv6(headers)) {
            sum = InternetChecksum.add(0, frame + ParsedHeaders.networkOffset(headers) + Ipv6Header.SOURCE,
                Ipv6Header.LENGTH - Ipv6Header.SOURCE);
            sum = InternetChecksum.addNumber(InternetChecksum.addNumber(sum, IpProtocol.ICMPV6), length);
        }
        return InternetChecksum.finish(InternetChecksum.add(sum, frame + offset, length));
    }
}
