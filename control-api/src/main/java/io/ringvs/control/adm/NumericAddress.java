package io.ringvs.control.adm;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.service.IpAddress;

/**
 * Numeric addresses as the C library reads them; no name server is ever asked.
 *
 * <p><b>Source:</b> manual pages inet_aton(3) and inet_pton(3).
 */
final class NumericAddress {
    private static final int MAX_IPV4_PARTS = 4;
    private static final int IPV6_GROUPS = 8;

    private NumericAddress() {
    }

    /** inet_aton: one to four parts in decimal, octal (0...) or hex (0x...), the last filling the rest; or null. */
    static IpAddress aton(final String text) {
        final String[] parts = beforeSpace(text).split("\\.", -1);
        if (parts.length > MAX_IPV4_PARTS) {
            return null;
        }
        long value = 0;
        for (int i = 0; i < parts.length; i++) {
            final boolean last = i == parts.length - 1;
            final long part = unsigned(parts[i]);
            final long limit = last ? 1L << 8 * (MAX_IPV4_PARTS - i) : 1L << 8;
            if (part < 0 || part >= limit) {
                return null;
            }
            value |= last ? part : part << 8 * (MAX_IPV4_PARTS - 1 - i);
        }
        return ipv4(value);
    }

    /** inet_pton(AF_INET): four decimal parts without leading zeros, or null. */
    static IpAddress pton4(final String text) {
        final String[] parts = text.split("\\.", -1);
        if (parts.length != MAX_IPV4_PARTS) {
            return null;
        }
        long value = 0;
        for (final String part : parts) {
            if (!part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 0xff) {
                return null;
            }
            value = value << 8 | Integer.parseInt(part);
        }
        return ipv4(value);
    }

    /** inet_pton(AF_INET6): groups of hex digits, "::" once, a dotted quad at the end; or null. */
    static IpAddress pton6(final String text) {
        final int gap = text.indexOf("::");
        final List<Integer> head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        final List<Integer> tail = gap < 0 ? List.of() : groups(text.substring(gap + 2), true);
        if (head == null || tail == null) {
            return null;
        }
        final int count = head.size() + tail.size();
        if (gap < 0 ? count != IPV6_GROUPS : count >= IPV6_GROUPS) {
            return null;
        }
        final byte[] bytes = new byte[2 * IPV6_GROUPS];
        put(head, bytes, 0);
        put(tail, bytes, IPV6_GROUPS - tail.size());
        return IpAddress.of(bytes);
    }

    private static List<Integer> groups(final String text, final boolean atEnd) {
        final List<Integer> groups = new ArrayList<>();
        if (text.isEmpty()) {
            return groups;
        }
        final String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            if (atEnd && i == parts.length - 1 && parts[i].indexOf('.') >= 0) {
                final IpAddress quad = pton4(parts[i]);
                if (quad == null) {
                    return null;
                }
                groups.add(quad.bigEndianWord(0) >>> 16);
                groups.add(quad.bigEndianWord(0) & 0xffff);
            } else if (parts[i].matches("[0-9a-fA-F]{1,4}")) {
                groups.add(Integer.parseInt(parts[i], 16));
            } else {
                return null;
            }
        }
        return groups;
    }

    private static void put(final List<Integer> groups, final byte[] bytes, final int firstGroup) {
        for (int i = 0; i < groups.size(); i++) {
            bytes[2 * (firstGroup + i)] = (byte) (groups.get(i) >>> 8);
            bytes[2 * (firstGroup + i) + 1] = (byte) (int) groups.get(i);
        }
    }

    private static IpAddress ipv4(final long value) {
        return IpAddress.of(
            new byte[] {(byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value});
    }

    /** strtoul with base 0 of a whole part, or -1. */
    private static long unsigned(final String part) {
        final long value;
        if (part.matches("0[xX][0-9a-fA-F]{1,16}")) {
            value = Long.parseUnsignedLong(part.substring(2), 16);
        } else if (part.matches("0[0-7]{0,20}")) {
            value = Long.parseLong(part, 8);
        } else if (part.matches("[1-9][0-9]{0,17}")) {
            value = Long.parseLong(part);
        } else {
            return -1;
        }
        return value < 0 || value > 0xffffffffL ? -1 : value;
    }

    /** inet_aton stops at the first blank and ignores what follows it. */
    private static String beforeSpace(final String text) {
        for (int i = 0; i < text.length(); i++) {
            if (CStrings.isSpace(text.charAt(i))) {
                return text.substring(0, i);
            }
        }
        return text;
    }
}
