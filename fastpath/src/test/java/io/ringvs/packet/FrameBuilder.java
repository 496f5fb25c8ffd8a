package io.ringvs.packet;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;

/** Builds frames for tests, byte by byte and independently of the code under test. */
public final class FrameBuilder {
    private byte[] ethernet = HexFormat.of().parseHex("0200000000010200000001fe");
    private byte[] tags = {};
    private int type = -1;
    private IpAddress source = IpAddress.parse("198.51.100.7");
    private IpAddress destination = IpAddress.parse("10.0.0.100");
    private byte[] options = {};
    private byte[] extensions = {};
    private int firstExtension = -1;
    private int fragment;
    private int timeToLive = 64;
    private int protocol = IpProtocol.TCP;
    private int sourcePort = 20000;
    private int destinationPort = 80;
    private int tcpFlags = TcpHeader.SYN;
    private byte[] transport;
    private int payload;
    private int padding;
    private Random random;

    public static FrameBuilder tcp(final int flags) {
        final FrameBuilder builder = new FrameBuilder();
        builder.tcpFlags = flags;
        return builder;
    }

    public static FrameBuilder udp() {
        return new FrameBuilder().protocol(IpProtocol.UDP);
    }

    public FrameBuilder to(final String address, final int port) {
        destination = IpAddress.parse(address);
        destinationPort = port;
        return this;
    }

    public FrameBuilder from(final String address, final int port) {
        source = IpAddress.parse(address);
        sourcePort = port;
        return this;
    }

    public FrameBuilder protocol(final int number) {
        protocol = number;
        return this;
    }

    public FrameBuilder destinationMac(final String hex) {
        System.arraycopy(HexFormat.of().parseHex(hex), 0, ethernet, 0, 6);
        return this;
    }

    /** VLAN tags as they stand in the frame: for instance 81000064. */
    public FrameBuilder tags(final String hex) {
        tags = HexFormat.of().parseHex(hex);
        return this;
    }

    public FrameBuilder type(final int etherType) {
        type = etherType;
        return this;
    }

    /** IPv4 options, a multiple of 4 bytes. */
    public FrameBuilder options(final String hex) {
        options = HexFormat.of().parseHex(hex);
        return this;
    }

    /** IPv6 extension headers; the last one's "next header" is to name the transport protocol. */
    public FrameBuilder extensions(final int first, final String hex) {
        firstExtension = first;
        extensions = HexFormat.of().parseHex(hex);
        return this;
    }

    /** The IPv4 flags and fragment offset field. */
    public FrameBuilder fragment(final int field) {
        fragment = field;
        return this;
    }

    public FrameBuilder timeToLive(final int hops) {
        timeToLive = hops;
        return this;
    }

    /** Replaces ports, flags and payload. */
    public FrameBuilder transport(final String hex) {
        transport = HexFormat.of().parseHex(hex);
        return this;
    }

    public FrameBuilder payload(final int bytes) {
        payload = bytes;
        return this;
    }

    /** Fills the payload; without this it is 0. */
    public FrameBuilder random(final Random source) {
        random = source;
        return this;
    }

    /** Bytes of link layer padding behind the packet. */
    public FrameBuilder padding(final int bytes) {
        padding = bytes;
        return this;
    }

    public byte[] build() {
        final boolean ipv4 = source.bytes().length == 4;
        final byte[] segment = transport != null ? transport : segment();
        final ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(ethernet);
        frame.writeBytes(tags);
        two(frame, type >= 0 ? type : ipv4 ? 0x0800 : 0x86dd);
        frame.writeBytes(ipv4 ? ipv4Header(segment.length) : ipv6Header(segment.length));
        frame.writeBytes(segment);
        frame.writeBytes(new byte[padding]);
        return frame.toByteArray();
    }

    private byte[] ipv4Header(final int segmentLength) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x40 + 5 + options.length / 4);
        out.write(0);
        two(out, 20 + options.length + segmentLength);
        two(out, 0x1234);
        two(out, fragment);
        out.write(timeToLive);
        out.write(protocol);
        two(out, 0);
        out.writeBytes(source.bytes());
        out.writeBytes(destination.bytes());
        out.writeBytes(options);
        final byte[] header = out.toByteArray();
        final int checksum = checksum(header);
        header[10] = (byte)(checksum >> 8);
        header[11] = (byte)checksum;
        return header;
    }

    /** Textbook checksum over big-endian words. */
    public static int checksum(final byte[] header) {
        return ~sum(header, 0, header.length, 0) & 0xffff;
    }

    /** Textbook sum over big-endian words, the last of which may be half a word, folded into 16 bits. */
    public static int sum(final byte[] bytes, final int start, final int length, final int before) {
        long sum = before;
        for (int i = 0; i < length; i++) {
            sum += (bytes[start + i] & 0xff) << ((i & 1) == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int)sum;
    }

    /** The sum from {@code transport} to the frame's end, with the pseudo header: 0xffff if all is right. */
    public static int transportSum(
        final byte[] frame, final boolean ipv6, final int protocol, final int transport) {
        final int length = frame.length - transport;
        final int addresses = ipv6 ? sum(frame, 14 + 8, 32, 0) : sum(frame, 14 + 12, 8, 0);
        return sum(frame, transport, length, addresses + protocol + length);
    }

    /** Makes the header checksum right, if that is an IPv4 packet without tags whose header is whole. */
    public static void repairIpv4Checksum(final byte[] frame) {
        final int header = frame.length > 14 ? (frame[14] & 0xf) * 4 : 0;
        if (header >= 20 && frame.length >= 14 + header && frame[12] == 0x08 && frame[13] == 0 && frame[14] >> 4 == 4) {
            frame[24] = 0;
            frame[25] = 0;
            final int checksum = checksum(Arrays.copyOfRange(frame, 14, 14 + header));
            frame[24] = (byte)(checksum >> 8);
            frame[25] = (byte)checksum;
        }
    }

    private byte[] ipv6Header(final int segmentLength) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x60, 0, 0, 0});
        two(out, extensions.length + segmentLength);
        out.write(firstExtension >= 0 ? firstExtension : protocol);
        out.write(timeToLive);
        out.writeBytes(source.bytes());
        out.writeBytes(destination.bytes());
        out.writeBytes(extensions);
        return out.toByteArray();
    }

    private byte[] segment() {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        two(out, sourcePort);
        two(out, destinationPort);
        if (protocol == IpProtocol.TCP) {
            out.writeBytes(new byte[] {0, 0, 0, 1, 0, 0, 0, 0, 0x50, (byte)tcpFlags, 0x10, 0, 0, 0, 0, 0});
        } else if (protocol == IpProtocol.UDP) {
            two(out, 8 + payload);
            two(out, 0);
        } else {
            out.writeBytes(new byte[16]);
        }
        final byte[] data = new byte[payload];
        if (random != null) {
            random.nextBytes(data);
        }
        out.writeBytes(data);
        return out.toByteArray();
    }

    private static void two(final ByteArrayOutputStream out, final int value) {
        out.write(value >> 8);
        out.write(value);
    }
}
