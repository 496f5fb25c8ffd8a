package io.ringvs.control.netlink;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes requests as a program would, with nothing of the code under test. */
final class TestRequest {
    static final int IPVS = 1024;
    static final int ACKNOWLEDGED = 0x5;
    static final int DUMP = 0x305;
    static final int SEQUENCE = 0x11223344;

    private final ByteArrayOutputStream attributes = new ByteArrayOutputStream();

    /** A message to the IPVS family with these attributes. */
    byte[] message(final int command, final int flags) {
        return message(IPVS, command, flags);
    }

    byte[] message(final int family, final int command, final int flags) {
        final ByteBuffer message = little(20 + attributes.size());
        message.putInt(20 + attributes.size()).putShort((short) family).putShort((short) flags).putInt(SEQUENCE)
            .putInt(0).put((byte) command).put((byte) 1).putShort((short) 0).put(attributes.toByteArray());
        return message.array();
    }

    TestRequest bytes(final int number, final byte[] value) {
        final int padded = value.length + 3 & -4;
        attributes.writeBytes(little(4 + padded).putShort((short) (4 + value.length)).putShort((short) number)
            .put(value).array());
        return this;
    }

    TestRequest u8(final int number, final int value) {
        return bytes(number, new byte[] {(byte) value});
    }

    TestRequest u16(final int number, final int value) {
        return bytes(number, little(2).putShort((short) value).array());
    }

    TestRequest be16(final int number, final int value) {
        return bytes(number, new byte[] {(byte) (value >> 8), (byte) value});
    }

    TestRequest u32(final int number, final int value) {
        return bytes(number, little(4).putInt(value).array());
    }

    TestRequest text(final int number, final String text) {
        return bytes(number, (text + "\0").getBytes(StandardCharsets.ISO_8859_1));
    }

    TestRequest hex(final int number, final String hex) {
        return bytes(number, HexFormat.of().parseHex(hex));
    }

    /** A nest, with the flag that programs set and the kernel does not ask for. */
    TestRequest nest(final int number, final TestRequest inside) {
        return bytes(number | 0x8000, inside.attributes.toByteArray());
    }

    private static ByteBuffer little(final int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The nest that names the TCP service 10.0.0.1:80. */
    static TestRequest service() {
        return new TestRequest().u16(1, 2).u16(2, 6).hex(3, "0a000001000000000000000000000000").be16(4, 80);
    }

    /** The same with all that adding it needs. */
    static TestRequest fullService() {
        return service().text(6, "rr").hex(7, "00000000ffffffff").u32(8, 0).u32(9, -1);
    }

    /** The nest that names the real server 10.0.0.2:80. */
    static TestRequest destination() {
        return new TestRequest().hex(1, "0a000002000000000000000000000000").be16(2, 80);
    }

    /** The same with all that adding it needs: direct routing, weight 1. */
    static TestRequest fullDestination() {
        return destination().u32(3, 3).u32(4, 1).u32(5, 0).u32(6, 0);
    }
}
