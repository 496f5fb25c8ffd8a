package io.ringvs.fastpath;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

import io.ringvs.packet.FrameBuilder;

/** Divides frames, and puts them together, independently of the code under test. */
final class TestFragments {
    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int IPV6 = 40;
    private static final int FRAGMENT_HEADER = 8;

    private TestFragments() {
    }

    private static boolean isIpv4(final byte[] frame) {
        return frame[12] == 0x08;
    }

    /** Bytes of the packet's payload in a frame without options, extension headers and padding. */
    static int payloadLength(final byte[] whole) {
        return whole.length - ETHERNET - (isIpv4(whole) ? IPV4 : IPV6);
    }

    /** One fragment of a frame's packet, which is one without options or extension headers. */
    static byte[] part(final byte[] whole, final int identification, final int offset, final int length) {
        final boolean last = offset + length == payloadLength(whole);
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final int headers = ETHERNET + (isIpv4(whole) ? IPV4 : IPV6);
        out.write(whole, 0, headers);
        if (!isIpv4(whole)) {
            out.write(whole[20]);
            out.write(0);
            out.write((offset | (last ? 0 : 1)) >> 8);
            out.write(offset | (last ? 0 : 1));
            out.writeBytes(new byte[] {0, 0, (byte)(identification >> 8), (byte)identification});
        }
        out.write(whole, headers + offset, length);
        final byte[] part = out.toByteArray();
        if (isIpv4(whole)) {
            put(part, 16, IPV4 + length);
            put(part, 18, identification);
            put(part, 20, (part[20] & 0x40) << 8 | offset / 8 | (last ? 0 : 0x2000));
            repair(part);
        } else {
            put(part, 18, FRAGMENT_HEADER + length);
            part[20] = 44;
        }
        return part;
    }

    /** Parts of equal size, a multiple of 8, in order. */
    static byte[][] parts(final byte[] whole, final int identification, final int size) {
        final int payload = payloadLength(whole);
        final byte[][] parts = new byte[(payload + size - 1) / size][];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = part(whole, identification, i * size, Math.min(size, payload - i * size));
        }
        return parts;
    }

    static void repair(final byte[] frame) {
        put(frame, 24, 0);
        put(frame, 24, FrameBuilder.checksum(Arrays.copyOfRange(frame, 14, 34)));
    }

    /** The payload of fragments that came out, in order and without gaps. */
    static byte[] payload(final Iterable<byte[]> fragments) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (final byte[] each : fragments) {
            final int headers = ETHERNET + (isIpv4(each) ? IPV4 : IPV6 + FRAGMENT_HEADER);
            final int field = isIpv4(each) ? (get(each, 20) & 0x1fff) * 8 : get(each, 56) & 0xfff8;
            if (field != out.size()) {
                throw new AssertionError("a fragment begins at " + field + ", expected " + out.size());
            }
            out.write(each, headers, each.length - headers);
        }
        return out.toByteArray();
    }

    static int get(final byte[] frame, final int offset) {
        return (frame[offset] & 0xff) << 8 | frame[offset + 1] & 0xff;
    }

    private static void put(final byte[] frame, final int offset, final int value) {
        frame[offset] = (byte)(value >> 8);
        frame[offset + 1] = (byte)value;
    }
}
