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
        final int end = firstSpace(text);
        long value = 0;
        int start = 0;
        for (int i = 0; i < MAX_IPV4_PARTS; i++) {
            final int dot = text.indexOf('.', start);
            final boolean last = dot < 0 || dot >= end;
            final long part = unsigned(text, start, last ? end : dot);
            final long limit = last ? 1L << 8 * (MAX_IPV4_PARTS - i) : 1L << 8;
            if (part < 0 || part >= limit) {
                return null;
            }
            if (last) {
                return ipv4(value | part);
            }
            value |= part << 8 * (MAX_IPV4_PARTS - 1 - i);
            start = dot + 1;
        }
        return null;
    }

    /** inet_pton(AF_INET): four decimal parts without leading zeros, or null. */
    static IpAddress pton4(final String text) {
        long value = 0;
        int start = 0;
        for (int i = 0; i < MAX_IPV4_PARTS; i++) {
            final int dot = text.indexOf('.', start);
            if (dot < 0 != (i == MAX_IPV4_PARTS - 1)) {
                return null;
            }
            final int end = dot < 0 ? text.length() : dot;
            final long number =
                end - start > 1 && text.charAt(start) == '0' ? -1 : digits(text, start, end, 10, 3);
            if (number < 0 || number > 0xff) {
                return null;
            }
            value = value << 8 | number;
            start = end + 1;
        }
        return ipv4(value);
    }

    /** inet_pton(AF_INET6): groups of hex digits, "::" once, a dotted quad at the end; or null. */
    static IpAddress pton6(final String text) {
        if (text.indexOf(':') == text.lastIndexOf(':')) {
            return null;
        }
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
        final List<String> parts = split(text);
        for (int i = 0; i < parts.size(); i++) {
            final String part = parts.get(i);
            final long group = digits(part, 0, part.length(), 16, 4);
            if (atEnd && i == parts.size() - 1 && part.indexOf('.') >= 0) {
                final IpAddress quad = pton4(part);
                if (quad == null) {
                    return null;
                }
                groups.add(quad.bigEndianWord(0) >>> 16);
                groups.add(quad.bigEndianWord(0) & 0xffff);
            } else if (group >= 0) {
                groups.add((int) group);
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

    /** strtoul with base 0 of a whole part, from start to end, that fits 32 bits, or -1. */
    private static long unsigned(final String text, final int start, final int end) {
        final long value;
        if (text.startsWith("0x", start) || text.startsWith("0X", start)) {
            value = digits(text, start + 2, end, 16, end - start);
        } else if (text.startsWith("0", start)) {
            value = digits(text, start, end, 8, end - start);
        } else {
            value = digits(text, start, end, 10, end - start);
        }
        return value > 0xffffffffL ? -1 : value;
    }

    /** The number of nothing but ASCII digits of a base; beyond 32 bits simply too large; -1 if it is not that. */
    private static long digits(
        final String text, final int start, final int end, final int base, final int maxLength) {
        if (start >= end || end - start > maxLength) {
            return -1;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            final char c = text.charAt(i);
            final int digit = c < 0x80 ? Character.digit(c, base) : -1;
            if (digit < 0) {
                return -1;
            }
            value = Math.min(value * base + digit, 1L << 32);
        }
        return value;
    }

    /** The parts between colons, empty ones too. */
    private static List<String> split(final String text) {
        final List<String> parts = new ArrayList<>(IPV6_GROUPS);
        int start = 0;
        for (int end = text.indexOf(':'); end >= 0; end = text.indexOf(':', start)) {
            parts.add(text.substring(start, end));
            start = end + 1;
        }
        parts.add(text.substring(start));
        return parts;
    }

    /** inet_aton stops at the first blank and ignores what follows it. */
    private static int firstSpace(final String text) {
        for (int i = 0; i < text.length(); i++) {
            if (CStrings.isSpace(text.charAt(i))) {
                return i;
            }
        }
        return text.length();
    }
}
