package io.ringvs.forward;

import io.ringvs.packet.Crc32c;
import io.ringvs.packet.InternetChecksum;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.SctpHeader;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.TransportChecksum;
import io.ringvs.packet.UdpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.IpProtocol;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.Destination;

import org.agrona.UnsafeApi;

/**
 * Network address translation: towards the real server the packet gets its address and port as destination, towards the
 * client the virtual address and port as source.
 *
 * <p>Checksums are corrected for what changed and not computed anew, so one that was wrong stays wrong. Two are not
 * like that: a UDP checksum of 0 says that there was none, and Linux then makes one; SCTP's CRC32c does not cover
 * addresses and is made anew when the port changes. Packets of IPsec have no ports, and no checksum over addresses that
 * we could correct.
 *
 * <p><b>Threading:</b> static functions; the frame belongs to the caller.
 *
 * <p><b>Source:</b> ip_vs_nat_xmit of Linux 6.1 {@code ip_vs_xmit.c}; tcp_dnat_handler, udp_dnat_handler and
 * sctp_dnat_handler of {@code ip_vs_proto_*.c} and their snat counterparts; RFC 1624 section 3.
 */
public final class NatForwarder {
    private static final byte FORWARD = Verdict.FORWARD.code();
    private static final byte LOCAL = Verdict.HOST_LOCAL.code();
    private static final byte METHOD = Verdict.DROP_METHOD.code();
    /** First byte of the addresses, which is a word's lowest. */
    private static final int IPV4_LOOPBACK = 127;
    private static final long IPV6_LOOPBACK_WORD1 = 0x0100_0000_0000_0000L;
    private static final int SOURCE_PORT = 0;
    private static final int DESTINATION_PORT = 2;
    private static final long IPV4_ADDRESS = 0xffff_ffffL;

    private NatForwarder() {
    }

    /**
     * Rewrites a client's packet for the real server. One for a real server that is this host is translated too, unless
     * it would come to a loopback address from outside.
     *
     * @param frame   pointer to the frame's first byte
     * @param headers its {@link ParsedHeaders}
     * @param port    at the real server, network order as natively loaded
     * @return the code of FORWARD once the frame is ready to be sent, otherwise of the verdict it ends or waits with
     */
    public static byte toServer(
        final long frame, final long headers, final Destination destination, final short port) {
        return toServer(frame, headers, destination, port, destination.adjacency.mtu);
    }

    /** The same with another idea of the largest packet that need not be divided, in bytes. */
    public static byte toServer(
        final long frame, final long headers, final Destination destination, final short port, final int mtu) {
        final Adjacency adjacency = destination.adjacency;
        final byte verdict = RouteStep.take(frame, headers, adjacency, mtu);
        if (verdict == LOCAL && isLoopback(headers, destination)) {
            return METHOD;
        }
        if (verdict == FORWARD || verdict == LOCAL) {
            destination(frame, headers, destination.addressWord0, destination.addressWord1, port);
            if (verdict == FORWARD) {
                LinkHeader.replace(frame + ParsedHeaders.networkOffset(headers), adjacency);
            }
        }
        return verdict;
    }

    /** 127.0.0.0/8 or ::1. */
    private static boolean isLoopback(final long headers, final Destination destination) {
        return ParsedHeaders.isIpv6(headers)
            ? destination.addressWord0 == 0 && destination.addressWord1 == IPV6_LOOPBACK_WORD1
            : (destination.addressWord0 & 0xff) == IPV4_LOOPBACK;
    }

    /**
     * Gives a packet another source, such as a real server's answer the one that the client knows.
     *
     * @param word0 first wire word of the address
     * @param port  network order as natively loaded
     */
    public static void source(
        final long frame, final long headers, final long word0, final long word1, final short port) {
        translate(frame, headers, ParsedHeaders.isIpv6(headers) ? Ipv6Header.SOURCE : Ipv4Header.SOURCE,
            SOURCE_PORT, word0, word1, port);
    }

    /** Gives a packet another destination; parameters as for {@link #source}. */
    public static void destination(
        final long frame, final long headers, final long word0, final long word1, final short port) {
        translate(frame, headers, ParsedHeaders.isIpv6(headers) ? Ipv6Header.DESTINATION : Ipv4Header.DESTINATION,
            DESTINATION_PORT, word0, word1, port);
    }

    private static void translate(
        final long frame, final long headers, final int addressOffset, final int portOffset,
        final long word0, final long word1, final short port) {
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        final long transport = frame + ParsedHeaders.transportOffset(headers);
        final long change = ParsedHeaders.isIpv6(headers)
            ? ipv6(packet + addressOffset, word0, word1) : ipv4(packet, addressOffset, word0);
        final int protocol = ParsedHeaders.protocol(headers);
        if (IpProtocol.isSecured(protocol)) {
            return;
        }
        final short formerPort = UnsafeApi.getShort(transport + portOffset);
        UnsafeApi.putShort(transport + portOffset, port);
        switch (protocol) {
            case IpProtocol.TCP -> correct(transport + TcpHeader.CHECKSUM, change, formerPort, port);
            case IpProtocol.UDP -> udp(frame, transport, headers, change, formerPort, port);
            default -> sctp(transport, headers, formerPort != port);
        }
    }

    /** Writes an address and corrects the header's checksum; returns what a checksum over the address changes by. */
    private static long ipv4(final long packet, final int offset, final long word) {
        final long former = UnsafeApi.getInt(packet + offset) & IPV4_ADDRESS;
        UnsafeApi.putInt(packet + offset, (int)word);
        final long change = (~former & IPV4_ADDRESS) + word;
        final int checksum = UnsafeApi.getShort(packet + Ipv4Header.CHECKSUM);
        UnsafeApi.putShort(packet + Ipv4Header.CHECKSUM, InternetChecksum.finish((~checksum & 0xffff) + change));
        return change;
    }

    /** Likewise; IPv6 has no checksum of its own. */
    private static long ipv6(final long address, final long word0, final long word1) {
        long change = InternetChecksum.add(0, ~UnsafeApi.getLong(address));
        change = InternetChecksum.add(change, ~UnsafeApi.getLong(address + Long.BYTES));
        UnsafeApi.putLong(address, word0);
        UnsafeApi.putLong(address + Long.BYTES, word1);
        return InternetChecksum.add(InternetChecksum.add(change, word0), word1);
    }

    private static short correct(final long field, final long change, final short formerPort, final short port) {
        final int checksum = UnsafeApi.getShort(field);
        final short corrected = InternetChecksum.finish(
            (~checksum & 0xffff) + change + (~formerPort & 0xffff) + (port & 0xffff));
        UnsafeApi.putShort(field, corrected);
        return corrected;
    }

    private static void udp(
        final long frame, final long transport, final long headers, final long change, final short formerPort,
        final short port) {
        final long field = transport + UdpHeader.CHECKSUM;
        final short checksum = UnsafeApi.getShort(field) != 0
            ? correct(field, change, formerPort, port) : TransportChecksum.of(frame, headers);
        // 0 would say that there is none (RFC 768)
        UnsafeApi.putShort(field, checksum == 0 ? (short)0xffff : checksum);
    }

    private static void sctp(final long transport, final long headers, final boolean portChanged) {
        if (portChanged) {
            final int length = ParsedHeaders.frameLength(headers) - ParsedHeaders.transportOffset(headers);
            UnsafeApi.putInt(transport + SctpHeader.CHECKSUM, 0);
            UnsafeApi.putInt(transport + SctpHeader.CHECKSUM, Crc32c.of(transport, length));
        }
    }
}
