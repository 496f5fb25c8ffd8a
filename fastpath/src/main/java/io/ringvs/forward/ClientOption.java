package io.ringvs.forward;

import io.ringvs.packet.InternetChecksum;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Translation;
import io.ringvs.service.IpProtocol;

import org.agrona.UnsafeApi;

/**
 * Tells a real server the client's address and port, in an option that is put into a packet.
 *
 * <pre>
 *   TOA             IP | TCP: 20 bytes | 254, length, port, address | other options | data
 *   UOA, option     IPv4: 20 bytes | 31, length, port, address | other options | UDP | data
 *   UOA, protocol   IP with its options | 0x10 or 0x20 (IPv6), 17, length u16 | 31, length, port, address | UDP | data
 * </pre>
 *
 * The option is 8 bytes long with an IPv4 address, 20 with an IPv6 one; port and address are in network order. The last
 * form is a protocol of its own, 248, whose length counts its four bytes and the option.
 *
 * <p>What is in front of the option moves towards the frame's start, into the room before it; the rest stays.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> the wire formats of the kernel modules toa and uoa of DPVS ({@code toa.h}, {@code uoa_extra.h}).
 */
final class ClientOption {
    private static final byte TOA_KIND = (byte)254;
    private static final byte UOA_KIND = 31;
    private static final int IPV4_LENGTH = 8;
    private static final int IPV6_LENGTH = 20;
    private static final int PORT = 2;
    private static final int ADDRESS = 4;

    private static final byte OPTION_PROTOCOL = (byte)248;
    private static final int PROTOCOL_HEADER_LENGTH = 4;
    private static final byte VERSION_IPV4 = 0x10;
    private static final byte VERSION_IPV6 = 0x20;
    private static final int MAX_IPV4_HEADER = 60;
    private static final int NO_ROOM = 0;

    private boolean ipv6;
    private long word0;
    private long word1;
    private short port;

    /** Bytes of an option that names an address of a family. */
    static int length(final boolean ipv6) {
        return ipv6 ? IPV6_LENGTH : IPV4_LENGTH;
    }

    /** Keeps the client's address and port, before the packet gets another source. */
    void remember(final long frame, final long headers) {
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        ipv6 = ParsedHeaders.isIpv6(headers);
        word0 = ipv6 ? UnsafeApi.getLong(packet + Ipv6Header.SOURCE) : Ipv4Header.sourceWord(packet);
        word1 = ipv6 ? UnsafeApi.getLong(packet + Ipv6Header.SOURCE + Long.BYTES) : 0;
        port = UnsafeApi.getShort(frame + ParsedHeaders.transportOffset(headers));
    }

    /**
     * Puts the option into a packet.
     *
     * @param form one of {@link Translation}'s
     * @param mtu  bytes of the largest packet that need not be divided
     * @return bytes by which the frame begins earlier now; 0 if there is no room, and nothing has changed
     */
    int insert(final int form, final long frame, final long headers, final int mtu) {
        final int length = length(ipv6) + (form == Translation.UOA_PROTOCOL ? PROTOCOL_HEADER_LENGTH : 0);
        if (ParsedHeaders.networkLength(headers) + length > mtu) {
            return NO_ROOM;
        }
        return switch (form) {
            case Translation.TOA -> tcp(frame, headers, length);
            case Translation.UOA_OPTION -> ipv4Option(frame, headers, length);
            default -> protocol(frame, headers, length);
        };
    }

    private int tcp(final long frame, final long headers, final int length) {
        final int before = ParsedHeaders.transportOffset(headers) + TcpHeader.MIN_LENGTH;
        final long segment = frame + ParsedHeaders.transportOffset(headers);
        if (TcpHeader.length(segment) + length > TcpHeader.MAX_LENGTH) {
            return NO_ROOM;
        }
        open(frame, before, length);
        final long tcp = segment - length;
        final long option = tcp + TcpHeader.MIN_LENGTH;
        write(option, TOA_KIND);
        final short formerOffset = UnsafeApi.getShort(tcp + TcpHeader.DATA_OFFSET);
        UnsafeApi.putByte(tcp + TcpHeader.DATA_OFFSET,
            (byte)(UnsafeApi.getByte(tcp + TcpHeader.DATA_OFFSET) + (length / Integer.BYTES << 4)));
        // corrected, not made anew: a wrong checksum stays wrong (RFC 1624); the length is in the pseudo header
        long sum = ~UnsafeApi.getShort(tcp + TcpHeader.CHECKSUM) & 0xffff;
        sum += (~formerOffset & 0xffff) + (UnsafeApi.getShort(tcp + TcpHeader.DATA_OFFSET) & 0xffff);
        sum = InternetChecksum.addNumber(InternetChecksum.add(sum, option, length), length);
        UnsafeApi.putShort(tcp + TcpHeader.CHECKSUM, InternetChecksum.finish(sum));
        lengthen(frame - length, headers, length);
        return length;
    }

    private int ipv4Option(final long frame, final long headers, final int length) {
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        if (ipv6 || headerLength(packet) + length > MAX_IPV4_HEADER) {
            return NO_ROOM;
        }
        open(frame, ParsedHeaders.networkOffset(headers) + Ipv4Header.MIN_LENGTH, length);
        final long moved = packet - length;
        write(moved + Ipv4Header.MIN_LENGTH, UOA_KIND);
        UnsafeApi.putByte(moved, (byte)(UnsafeApi.getByte(moved) + length / Integer.BYTES));
        lengthen(frame - length, headers, length);
        return length;
    }

    /** Only directly behind an IPv6 header: the extension headers before it would have to be walked through. */
    private int protocol(final long frame, final long headers, final int length) {
        final int before = ParsedHeaders.transportOffset(headers);
        if (ipv6 && before != ParsedHeaders.networkOffset(headers) + Ipv6Header.LENGTH) {
            return NO_ROOM;
        }
        open(frame, before, length);
        final long header = frame + before - length;
        UnsafeApi.putByte(header, ipv6 ? VERSION_IPV6 : VERSION_IPV4);
        UnsafeApi.putByte(header + 1, (byte)IpProtocol.UDP);
        UnsafeApi.putShort(header + 2, Short.reverseBytes((short)length));
        write(header + PROTOCOL_HEADER_LENGTH, UOA_KIND);
        final long moved = frame + ParsedHeaders.networkOffset(headers) - length;
        UnsafeApi.putByte(moved + (ipv6 ? Ipv6Header.NEXT_HEADER : Ipv4Header.PROTOCOL), OPTION_PROTOCOL);
        lengthen(frame - length, headers, length);
        return length;
    }

    /** Makes room behind the first {@code before} bytes of a frame, which move to its front. */
    private static void open(final long frame, final int before, final int length) {
        UnsafeApi.copyMemory(frame, frame - length, before);
    }

    private void write(final long option, final byte kind) {
        UnsafeApi.putByte(option, kind);
        UnsafeApi.putByte(option + 1, (byte)length(ipv6));
        UnsafeApi.putShort(option + PORT, port);
        if (ipv6) {
            UnsafeApi.putLong(option + ADDRESS, word0);
            UnsafeApi.putLong(option + ADDRESS + Long.BYTES, word1);
        } else {
            UnsafeApi.putInt(option + ADDRESS, (int)word0);
        }
    }

    /** Makes an IP header say that its packet is longer. */
    private void lengthen(final long frame, final long headers, final int length) {
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        final long field = packet + (ipv6 ? Ipv6Header.PAYLOAD_LENGTH : Ipv4Header.TOTAL_LENGTH);
        UnsafeApi.putShort(field, Short.reverseBytes((short)(Short.reverseBytes(UnsafeApi.getShort(field)) + length)));
        if (!ipv6) {
            UnsafeApi.putShort(packet + Ipv4Header.CHECKSUM, (short)0);
            UnsafeApi.putShort(packet + Ipv4Header.CHECKSUM, InternetChecksum.of(packet, headerLength(packet)));
        }
    }

    private static int headerLength(final long packet) {
        return (Ipv4Header.versionAndLength(packet) & 0xf) << 2;
    }
}
