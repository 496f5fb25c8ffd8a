package io.ringvs.packet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;

/**
 * A TCP segment for tests, written and read independently of the code under test; its checksum is right unless said
 * otherwise.
 */
public record TcpSegment(
    String source, int sourcePort, String destination, int destinationPort, int flags, int sequence, int acknowledgment,
    String optionsHex, String text) {
    private static final int ETHERNET = 14;

    public static TcpSegment of(
        final String source, final int sourcePort, final String destination, final int destinationPort, final int flags,
        final int sequence, final int acknowledgment, final String text) {
        return new TcpSegment(
            source, sourcePort, destination, destinationPort, flags, sequence, acknowledgment, "", text);
    }

    public TcpSegment options(final String hex) {
        return new TcpSegment(
            source, sourcePort, destination, destinationPort, flags, sequence, acknowledgment, hex, text);
    }

    /** The frame that carries it. */
    public byte[] frame() {
        return frame(20 + optionsHex.length() / 2 >> 2);
    }

    /** The same, with a header that says that it has so many words. */
    public byte[] frame(final int headerWords) {
        return FrameBuilder.tcp(flags).from(source, sourcePort).to(destination, destinationPort)
            .transport(HexFormat.of().formatHex(bytes(headerWords))).build();
    }

    private byte[] bytes(final int headerWords) {
        final byte[] options = HexFormat.of().parseHex(optionsHex);
        final byte[] payload = text.getBytes(StandardCharsets.ISO_8859_1);
        final byte[] bytes = ByteBuffer.allocate(20 + options.length + payload.length)
            .putShort((short)sourcePort).putShort((short)destinationPort).putInt(sequence).putInt(acknowledgment)
            .put((byte)(headerWords << 4)).put((byte)flags).putShort((short)4096).putInt(0)
            .put(options).put(payload).array();
        final int checksum = checksum(IpAddress.parse(source).bytes(), IpAddress.parse(destination).bytes(), bytes);
        bytes[16] = (byte)(checksum >> 8);
        bytes[17] = (byte)checksum;
        return bytes;
    }

    /** Of what is filled in rightly: 0. */
    private static int checksum(final byte[] from, final byte[] to, final byte[] segment) {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(from);
        all.writeBytes(to);
        all.writeBytes(new byte[] {0, IpProtocol.TCP, (byte)(segment.length >> 8), (byte)segment.length});
        all.writeBytes(segment);
        all.writeBytes(new byte[segment.length & 1]);
        return FrameBuilder.checksum(all.toByteArray());
    }

    /**
     * Reads a frame without VLAN tags, IP options and extension headers; an assertion fails where something is wrong.
     */
    public static TcpSegment read(final byte[] frame) {
        final boolean ipv6 = frame[ETHERNET] >> 4 == 6;
        final int transport = ETHERNET + (ipv6 ? 40 : 20);
        final int end = ETHERNET + (ipv6 ? 40 + two(frame, ETHERNET + 4) : two(frame, ETHERNET + 2));
        if (!ipv6 && FrameBuilder.checksum(Arrays.copyOfRange(frame, ETHERNET, transport)) != 0) {
            throw new AssertionError("wrong IPv4 checksum");
        }
        final byte[] from = Arrays.copyOfRange(frame, ETHERNET + (ipv6 ? 8 : 12), ETHERNET + (ipv6 ? 24 : 16));
        final byte[] to = Arrays.copyOfRange(frame, ETHERNET + (ipv6 ? 24 : 16), ETHERNET + (ipv6 ? 40 : 20));
        final byte[] segment = Arrays.copyOfRange(frame, transport, end);
        if (checksum(from, to, segment) != 0) {
            throw new AssertionError("wrong TCP checksum");
        }
        final ByteBuffer fields = ByteBuffer.wrap(segment);
        final int header = Math.max(20, Math.min((segment[12] & 0xf0) >> 2, segment.length));
        return new TcpSegment(text(from), two(segment, 0), text(to), two(segment, 2), segment[13], fields.getInt(4),
            fields.getInt(8), HexFormat.of().formatHex(segment, 20, header),
            new String(segment, header, segment.length - header, StandardCharsets.ISO_8859_1));
    }

    private static String text(final byte[] address) {
        final ByteBuffer words = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder()).put(address).rewind();
        return IpAddress.ofWords(address.length == 4 ? Family.IPV4 : Family.IPV6,
            words.getLong(), words.getLong()).toString();
    }

    private static int two(final byte[] bytes, final int offset) {
        return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
    }
}
