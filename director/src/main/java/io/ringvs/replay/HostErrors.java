package io.ringvs.replay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

import io.ringvs.forward.IcmpErrors;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.snapshot.Adjacency;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes the ICMP errors of a host that forwards packets: from its address on the way to the sender, by that way. None
 * is made about ICMP errors, later fragments and group senders.
 *
 * <p><b>Source:</b> icmp_send of Linux 6.1 {@code net/ipv4/icmp.c}, icmp6_send of {@code net/ipv6/icmp.c}.
 */
final class HostErrors {
    private static final int ETHERNET_LENGTH = 14;
    private static final short TYPE_IPV4 = 0x0800;
    private static final short TYPE_IPV6 = (short)0x86dd;
    private static final int IPV4_FRAGMENT = ETHERNET_LENGTH + 6;
    private static final int IPV4_PROTOCOL = ETHERNET_LENGTH + 9;
    private static final int IPV4_SOURCE = ETHERNET_LENGTH + 12;
    private static final int IPV6_NEXT_HEADER = ETHERNET_LENGTH + 6;
    private static final int IPV6_SOURCE = ETHERNET_LENGTH + 8;
    private static final int FRAGMENT_OFFSET = 0x1fff;
    private static final int IDENTIFICATION = 0;
    /** More than the largest error. */
    private static final int ROOM = 2048;

    private final TopologyHost host;

    HostErrors(final TopologyHost host) {
        this.host = host;
    }

    /**
     * The error about an IPv4 packet, or null.
     *
     * @param frame  with an Ethernet header without tags, network order
     * @param length of the packet, in bytes
     * @param error  type and code
     */
    PortFrame ipv4(final ByteBuffer frame, final int length, final int error, final int mtu) {
        final Adjacency way = way(frame, IPV4_SOURCE, Integer.BYTES);
        if (way == null || frame.get(IPV4_PROTOCOL) == IpProtocol.ICMP
            || (frame.getShort(IPV4_FRAGMENT) & FRAGMENT_OFFSET) != 0) {
            return null;
        }
        final UnsafeBuffer room = room(frame, IcmpErrors.SHIFT_IPV4, length);
        final int written = IcmpErrors.ipv4(room.addressOffset() + ETHERNET_LENGTH + IcmpErrors.SHIFT_IPV4, length,
            error, mtu, IDENTIFICATION, way.source.word0());
        return frame(room, way, TYPE_IPV4, written);
    }

    /** The same about an IPv6 packet. */
    PortFrame ipv6(final ByteBuffer frame, final int length, final int error, final int mtu) {
        final Adjacency way = way(frame, IPV6_SOURCE, 2 * Long.BYTES);
        if (way == null || frame.get(IPV6_NEXT_HEADER) == IpProtocol.ICMPV6) {
            return null;
        }
        final UnsafeBuffer room = room(frame, IcmpErrors.SHIFT_IPV6, length);
        final int written = IcmpErrors.ipv6(room.addressOffset() + ETHERNET_LENGTH + IcmpErrors.SHIFT_IPV6, length,
            error, mtu, way.source.word0(), way.source.word1());
        return frame(room, way, TYPE_IPV6, written);
    }

    private Adjacency way(final ByteBuffer frame, final int offset, final int length) {
        final Adjacency way = host.adjacency(
            IpAddress.of(Arrays.copyOfRange(frame.array(), offset, offset + length)));
        return way.state == Adjacency.State.RESOLVED && way.source != null ? way : null;
    }

    /** The packet, as far as an error may quote it, with room for the error's headers before it. */
    private static UnsafeBuffer room(final ByteBuffer frame, final int shift, final int length) {
        final UnsafeBuffer room = new UnsafeBuffer(ByteBuffer.allocateDirect(ROOM));
        room.putBytes(ETHERNET_LENGTH + shift, frame.array(), ETHERNET_LENGTH,
            Math.min(length, ROOM - ETHERNET_LENGTH - shift));
        return room;
    }

    private PortFrame frame(final UnsafeBuffer room, final Adjacency way, final short type, final int length) {
        room.putLong(0, way.macWord);
        room.putInt(Long.BYTES, way.macTail);
        room.putShort(ETHERNET_LENGTH - Short.BYTES, type, ByteOrder.BIG_ENDIAN);
        final byte[] bytes = new byte[ETHERNET_LENGTH + length];
        room.getBytes(0, bytes);
        return new PortFrame(host.interfaces().get(way.interfaceIndex - 1), bytes);
    }
}
