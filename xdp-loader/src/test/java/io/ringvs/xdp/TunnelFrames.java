package io.ringvs.xdp;

import java.nio.ByteBuffer;

import static io.ringvs.xdp.TestFrames.address;
import static io.ringvs.xdp.TestFrames.join;

/** Packets in packets, with right lengths and checksums. */
final class TunnelFrames {
    static final int IPIP = 4;
    static final int SIX = 41;
    static final int GRE = 47;
    private static final int IPV4_CHECKSUM = 10;
    private static final int UDP_CHECKSUM = 6;

    private TunnelFrames() {
    }

    /** An IP packet of the family of its addresses. */
    static byte[] packet(
        final String source, final String destination, final int protocol, final int service, final byte[] payload) {
        final byte[] from = address(source).getAddress();
        final byte[] to = address(destination).getAddress();
        if (from.length == 16) {
            return join(ByteBuffer.allocate(40).putInt(0x60000000 | service << 20).putShort((short)payload.length)
                .put((byte)protocol).put((byte)64).put(from).put(to).array(), payload);
        }
        final ByteBuffer header = ByteBuffer.allocate(20).put((byte)0x45).put((byte)service)
            .putShort((short)(20 + payload.length)).putShort((short)7).putShort((short)0).put((byte)64)
            .put((byte)protocol).putShort((short)0).put(from).put(to);
        header.putShort(IPV4_CHECKSUM, (short)~sum(header.array(), 0));
        return join(header.array(), payload);
    }

    /** UDP with a checksum. */
    static byte[] udp(
        final String source, final String destination, final int port, final byte[] payload) {
        final ByteBuffer udp = ByteBuffer.wrap(join(new byte[8], payload));
        udp.putShort(0, (short)40000).putShort(2, (short)port).putShort(4, (short)udp.capacity());
        final byte[] addresses = join(address(source).getAddress(), address(destination).getAddress());
        udp.putShort(UDP_CHECKSUM, (short)~sum(udp.array(), sum(addresses, TestFrames.UDP + udp.capacity())));
        return udp.array();
    }

    /** UDP without a checksum. */
    static byte[] plainUdp(final int port, final byte[] payload) {
        return ByteBuffer.wrap(join(new byte[8], payload)).putShort(0, (short)40000).putShort(2, (short)port)
            .putShort(4, (short)(8 + payload.length)).array();
    }

    /** A GUE header, its options, and what is inside. */
    static byte[] gue(final int protocol, final int flags, final byte[] options, final byte[] inner) {
        return join(ByteBuffer.allocate(4).put((byte)(options.length / 4)).put((byte)protocol)
            .putShort((short)flags).array(), options, inner);
    }

    static byte[] gre(final int flags, final int type, final byte[] rest) {
        return join(ByteBuffer.allocate(4).putShort((short)flags).putShort((short)type).array(), rest);
    }

    static byte[] greWithChecksum(final int type, final byte[] inner) {
        final ByteBuffer gre = ByteBuffer.wrap(gre(0x8000, type, join(new byte[4], inner)));
        return gre.putShort(4, (short)~sum(gre.array(), 0)).array();
    }

    /** RFC 1071, the slow way. */
    static int sum(final byte[] bytes, final int seed) {
        long sum = seed;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += (bytes[i] & 0xff) << 8 | (i + 1 < bytes.length ? bytes[i + 1] & 0xff : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int)sum;
    }
}
