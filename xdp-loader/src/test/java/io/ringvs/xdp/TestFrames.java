package io.ringvs.xdp;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Frames of any shape, put together from their headers. */
final class TestFrames {
    static final byte[] HOST_MAC = {2, 0, 0, 0, 0, 1};
    static final byte[] OTHER_MAC = {2, 0, 0, 0, 0, 2};
    static final byte[] CLIENT_MAC = {2, 0, 0, 0, 0, 9};
    static final int TCP = 6;
    static final int UDP = 17;
    static final int SCTP = 132;
    static final int IPV4 = 0x0800;
    static final int IPV6 = 0x86dd;
    static final int MORE_FRAGMENTS = 0x2000;

    private TestFrames() {
    }

    static byte[] join(final byte[]... parts) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (final byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] hex(final String digits) {
        final String plain = digits.replace(" ", "");
        final byte[] bytes = new byte[plain.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte)Integer.parseInt(plain.substring(2 * i, 2 * i + 2), 16);
        }
        return bytes;
    }

    static InetAddress address(final String text) {
        try {
            return InetAddress.getByName(text);
        } catch (final UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static byte[] ethernet(final int type) {
        return ethernet(HOST_MAC, type);
    }

    static byte[] ethernet(final byte[] destination, final int type) {
        return ByteBuffer.allocate(14).put(destination).put(CLIENT_MAC).putShort((short)type).array();
    }

    static byte[] vlan(final int id, final int type) {
        return ByteBuffer.allocate(4).putShort((short)id).putShort((short)type).array();
    }

    static byte[] ipv4(final String source, final String destination, final int protocol) {
        return ipv4(source, destination, protocol, 0, 0);
    }

    /** With option bytes (No Operation) and the flags and fragment offset of RFC 791. */
    static byte[] ipv4(
        final String source, final String destination, final int protocol, final int optionBytes, final int fragment) {
        final ByteBuffer header = ByteBuffer.allocate(20 + optionBytes);
        header.put((byte)(0x45 + optionBytes / 4)).put((byte)0).putShort((short)(40 + optionBytes));
        header.putShort((short)1).putShort((short)fragment).put((byte)64).put((byte)protocol).putShort((short)0);
        header.put(address(source).getAddress()).put(address(destination).getAddress());
        for (int i = 0; i < optionBytes; i++) {
            header.put((byte)1);
        }
        return header.array();
    }

    static byte[] ipv6(final String source, final String destination, final int next) {
        return ByteBuffer.allocate(40).putInt(0x60000000).putShort((short)20).put((byte)next).put((byte)64)
            .put(address(source).getAddress()).put(address(destination).getAddress()).array();
    }

    /** Hop-by-hop, routing or destination options header of {@code 8 * (units + 1)} bytes. */
    static byte[] extension(final int next, final int units) {
        return ByteBuffer.allocate(8 * (units + 1)).put((byte)next).put((byte)units).array();
    }

    /** Authentication header of {@code 4 * (words + 2)} bytes. */
    static byte[] authentication(final int next, final int words) {
        return ByteBuffer.allocate(4 * (words + 2)).put((byte)next).put((byte)words).array();
    }

    /** Fragment header: offset in units of 8 bytes, and whether more follow. */
    static byte[] fragment(final int next, final int offset, final boolean more) {
        return ByteBuffer.allocate(8).put((byte)next).put((byte)0)
            .putShort((short)(offset << 3 | (more ? 1 : 0))).putInt(77).array();
    }

    /** A transport header of 20 bytes of which only the ports matter. */
    static byte[] ports(final int source, final int destination) {
        return ByteBuffer.allocate(20).putShort((short)source).putShort((short)destination).array();
    }

    static byte[] icmp(final int type) {
        return ByteBuffer.allocate(8).put((byte)type).array();
    }
}
