package io.ringvs.replay;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

import io.ringvs.service.IpAddress;

/** The fields of a frame by name and in order, the headers inside tunnels and ICMP errors included. */
final class FrameFields {
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");
    private static final int MAC_LENGTH = 6;
    private static final int TAG = 0x8100;
    private static final int SERVICE_TAG = 0x88a8;
    private static final int LATER_FRAGMENT_MASK = 0x1fff;

    private final byte[] frame;
    private final Map<String, String> fields = new LinkedHashMap<>();
    private int position;

    private FrameFields(final byte[] frame) {
        this.frame = frame;
    }

    static Map<String, String> of(final byte[] frame) {
        final FrameFields fields = new FrameFields(frame);
        try {
            fields.ethernet();
        } catch (final IndexOutOfBoundsException cutShort) {
            fields.put("end of frame", "in the middle of a header, at byte " + fields.position);
        }
        fields.put("payload", HexFormat.of().formatHex(frame, Math.min(fields.position, frame.length), frame.length));
        return fields.fields;
    }

    /** What the first field is that two frames differ in, as "IPv4 ttl: recorded 63, got 64"; null if none does. */
    static String difference(final byte[] recorded, final byte[] got) {
        final Map<String, String> expected = of(recorded);
        final Map<String, String> actual = of(got);
        for (final Map.Entry<String, String> field : expected.entrySet()) {
            final String value = actual.getOrDefault(field.getKey(), "none");
            if (!value.equals(field.getValue())) {
                return field.getKey() + ": recorded " + field.getValue() + ", got " + value;
            }
        }
        for (final Map.Entry<String, String> field : actual.entrySet()) {
            if (!expected.containsKey(field.getKey())) {
                return field.getKey() + ": recorded none, got " + field.getValue();
            }
        }
        return null;
    }

    private void ethernet() {
        put("Ethernet destination", COLONS.formatHex(take(MAC_LENGTH)));
        put("Ethernet source", COLONS.formatHex(take(MAC_LENGTH)));
        int type = u16();
        while (type == TAG || type == SERVICE_TAG) {
            put("VLAN tag", u16());
            type = u16();
        }
        put("Ethernet type", "0x" + Integer.toHexString(type));
        if (type == 0x0800) {
            ipv4();
        } else if (type == 0x86dd) {
            ipv6();
        }
    }

    private void ipv4() {
        final int start = position;
        final int versionAndLength = u8();
        put("IPv4 header length", (versionAndLength & 0xf) * 4);
        put("IPv4 tos", u8());
        put("IPv4 total length", u16());
        put("IPv4 id", u16());
        final int fragment = u16();
        put("IPv4 flags and fragment offset", "0x" + Integer.toHexString(fragment));
        put("IPv4 ttl", u8());
        final int protocol = u8();
        put("IPv4 protocol", protocol);
        put("IPv4 checksum", "0x" + Integer.toHexString(u16()));
        put("IPv4 source", address(4));
        put("IPv4 destination", address(4));
        final int options = start + (versionAndLength & 0xf) * 4 - position;
        if (options > 0) {
            put("IPv4 options", HexFormat.of().formatHex(take(options)));
        }
        if ((fragment & LATER_FRAGMENT_MASK) == 0) {
            transport(protocol);
        }
    }

    private void ipv6() {
        final int first = u16();
        put("IPv6 traffic class", first >>> 4 & 0xff);
        put("IPv6 flow label", (first & 0xf) << 16 | u16());
        put("IPv6 payload length", u16());
        int protocol = u8();
        put("IPv6 next header", protocol);
        put("IPv6 hop limit", u8());
        put("IPv6 source", address(16));
        put("IPv6 destination", address(16));
        if (protocol == 44) {
            protocol = u8();
            put("IPv6 fragment next header", protocol);
            position++;
            final int offset = u16();
            put("IPv6 fragment offset", "0x" + Integer.toHexString(offset));
            put("IPv6 fragment id", HexFormat.of().formatHex(take(4)));
            if (offset >>> 3 != 0) {
                return;
            }
        }
        transport(protocol);
    }

    private void transport(final int protocol) {
        switch (protocol) {
            case 1 -> icmp();
            case 4 -> ipv4();
            case 6 -> tcp();
            case 17 -> udp();
            case 41 -> ipv6();
            case 47 -> gre();
            case 58 -> icmpv6();
            case 132 -> sctp();
            default -> { }
        }
    }

    private void tcp() {
        ports("TCP");
        put("TCP sequence", HexFormat.of().formatHex(take(4)));
        put("TCP acknowledgement", HexFormat.of().formatHex(take(4)));
        final int offset = u8();
        put("TCP flags", "0x" + Integer.toHexString(u8()));
        put("TCP window", u16());
        put("TCP checksum", "0x" + Integer.toHexString(u16()));
        put("TCP urgent pointer", u16());
        put("TCP options", HexFormat.of().formatHex(take(Math.max((offset >>> 4) * 4 - 20, 0))));
    }

    private void udp() {
        ports("UDP");
        put("UDP length", u16());
        put("UDP checksum", "0x" + Integer.toHexString(u16()));
    }

    private void sctp() {
        ports("SCTP");
        put("SCTP verification tag", HexFormat.of().formatHex(take(4)));
        put("SCTP checksum", HexFormat.of().formatHex(take(4)));
    }

    private void gre() {
        put("GRE flags", "0x" + Integer.toHexString(u16()));
        put("GRE protocol", "0x" + Integer.toHexString(u16()));
    }

    private void icmp() {
        final int type = icmpHeader("ICMP");
        if (type == 3 || type == 4 || type == 11 || type == 12) {
            ipv4();
        }
    }

    private void icmpv6() {
        if (icmpHeader("ICMPv6") < 128) {
            ipv6();
        }
    }

    private int icmpHeader(final String name) {
        final int type = u8();
        put(name + " type", type);
        put(name + " code", u8());
        put(name + " checksum", "0x" + Integer.toHexString(u16()));
        put(name + " rest of header", HexFormat.of().formatHex(take(4)));
        return type;
    }

    private void ports(final String name) {
        put(name + " source port", u16());
        put(name + " destination port", u16());
    }

    private void put(final String name, final int value) {
        put(name, Integer.toString(value));
    }

    /** A header that occurs again is an inner one. */
    private void put(final String name, final String value) {
        String unique = name;
        while (fields.containsKey(unique)) {
            unique = "inner " + unique;
        }
        fields.put(unique, value);
    }

    private String address(final int length) {
        return IpAddress.of(take(length)).toString();
    }

    private int u8() {
        return take(1)[0] & 0xff;
    }

    private int u16() {
        final byte[] bytes = take(2);
        return (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
    }

    private byte[] take(final int count) {
        if (count > frame.length - position) {
            throw new IndexOutOfBoundsException();
        }
        position += count;
        return Arrays.copyOfRange(frame, position - count, position);
    }
}
