package io.ringvs.replay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

import io.ringvs.packet.IcmpHeader;
import io.ringvs.service.IpAddress;
import io.ringvs.snapshot.Adjacency;

/**
 * Routes packets that are left to the host and not for it, as a kernel with IP forwarding on does: one hop less to
 * live, and out to the next neighbour. The sender of a packet that has no hop left, or is too big, is told so; whatever
 * else a kernel would not forward ends here without an answer.
 *
 * <p><b>Source:</b> ip_forward of Linux 6.1 {@code net/ipv4/ip_forward.c}, ip6_forward of
 * {@code net/ipv6/ip6_output.c}.
 */
final class HostRouter {
    private static final int ETHERNET_LENGTH = 14;
    private static final int TYPE = 12;
    private static final short TYPE_IPV4 = 0x0800;
    private static final short TYPE_IPV6 = (short)0x86dd;
    private static final int IPV4_LENGTH = 20;
    private static final int IPV4_TOTAL_LENGTH = ETHERNET_LENGTH + 2;
    private static final int IPV4_FRAGMENT = ETHERNET_LENGTH + 6;
    private static final int IPV4_HOPS = ETHERNET_LENGTH + 8;
    private static final int IPV4_CHECKSUM = ETHERNET_LENGTH + 10;
    private static final int IPV4_SOURCE = ETHERNET_LENGTH + 12;
    private static final int IPV4_DESTINATION = ETHERNET_LENGTH + 16;
    private static final int IPV6_LENGTH = 40;
    private static final int IPV6_PAYLOAD_LENGTH = ETHERNET_LENGTH + 4;
    private static final int IPV6_HOPS = ETHERNET_LENGTH + 7;
    private static final int IPV6_DESTINATION = ETHERNET_LENGTH + 24;

    private final TopologyHost host;
    private final HostErrors errors;

    HostRouter(final TopologyHost host) {
        this.host = host;
        errors = new HostErrors(host);
    }

    /**
     * The frame that a packet goes on in, or null if it does not.
     *
     * @param received the frame as it came
     * @param frame    as it was left to the host
     */
    PortFrame route(final byte[] received, final byte[] frame) {
        if (frame.length < ETHERNET_LENGTH + IPV4_LENGTH || isMartian(received)) {
            return null;
        }
        final ByteBuffer out = ByteBuffer.wrap(frame.clone());
        return switch (out.getShort(TYPE)) {
            case TYPE_IPV4 -> ipv4(out);
            case TYPE_IPV6 -> frame.length < ETHERNET_LENGTH + IPV6_LENGTH ? null : ipv6(out);
            default -> null;
        };
    }

    /** Whether an IPv4 packet claims to come from the host itself; IPv6 does not mind. */
    private boolean isMartian(final byte[] frame) {
        return ByteBuffer.wrap(frame).getShort(TYPE) == TYPE_IPV4
            && host.isLocal(IpAddress.of(Arrays.copyOfRange(frame, IPV4_SOURCE, IPV4_DESTINATION)));
    }

    private PortFrame ipv4(final ByteBuffer out) {
        final int length = out.getShort(IPV4_TOTAL_LENGTH) & 0xffff;
        if (out.get(ETHERNET_LENGTH) != 0x45 || headerSum(out) != 0xffff
            || length > out.capacity() - ETHERNET_LENGTH) {
            return null;
        }
        final boolean whole = (out.getShort(IPV4_FRAGMENT) & 0x4000) != 0;
        final Adjacency way = way(out, IPV4_DESTINATION, 4);
        final int hops = out.get(IPV4_HOPS) & 0xff;
        if (way == null) {
            return null;
        }
        if (hops <= 1) {
            return errors.ipv4(out, length, IcmpHeader.TIME_EXCEEDED, 0);
        }
        if (length > way.mtu) {
            return whole ? errors.ipv4(out, length, IcmpHeader.FRAGMENTATION_NEEDED, way.mtu) : null;
        }
        out.put(IPV4_HOPS, (byte)(hops - 1));
        out.putShort(IPV4_CHECKSUM, (short)0);
        out.putShort(IPV4_CHECKSUM, (short)~headerSum(out));
        return leave(out, way, length);
    }

    private static int headerSum(final ByteBuffer out) {
        int sum = 0;
        for (int offset = 0; offset < IPV4_LENGTH; offset += Short.BYTES) {
            sum += out.getShort(ETHERNET_LENGTH + offset) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        return (sum & 0xffff) + (sum >>> 16);
    }

    private PortFrame ipv6(final ByteBuffer out) {
        final int length = IPV6_LENGTH + (out.getShort(IPV6_PAYLOAD_LENGTH) & 0xffff);
        final Adjacency way = way(out, IPV6_DESTINATION, 16);
        final int hops = out.get(IPV6_HOPS) & 0xff;
        if (way == null || length > out.capacity() - ETHERNET_LENGTH) {
            return null;
        }
        if (hops <= 1) {
            return errors.ipv6(out, length, IcmpHeader.V6_TIME_EXCEEDED, 0);
        }
        if (length > way.mtu) {
            return errors.ipv6(out, length, IcmpHeader.V6_PACKET_TOO_BIG, way.mtu);
        }
        out.put(IPV6_HOPS, (byte)(hops - 1));
        return leave(out, way, length);
    }

    private Adjacency way(final ByteBuffer out, final int offset, final int length) {
        final Adjacency way = host.adjacency(
            IpAddress.of(Arrays.copyOfRange(out.array(), offset, offset + length)));
        return way.state == Adjacency.State.RESOLVED ? way : null;
    }

    private PortFrame leave(final ByteBuffer out, final Adjacency way, final int length) {
        out.order(ByteOrder.nativeOrder()).putLong(0, way.macWord).putInt(Long.BYTES, way.macTail);
        return new PortFrame(host.interfaces().get(way.interfaceIndex - 1),
            Arrays.copyOf(out.array(), ETHERNET_LENGTH + length));
    }
}
