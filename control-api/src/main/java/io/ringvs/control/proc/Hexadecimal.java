package io.ringvs.control.proc;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

/** Numbers and addresses as the kernel's files show them. */
final class Hexadecimal {
    private Hexadecimal() {
    }

    /** IPv4 as 8 upper-case digits; IPv6 as 8 groups of 4 lower-case ones, none left out. */
    static StringBuilder address(final StringBuilder out, final IpAddress address) {
        if (address.family() == Family.IPV4) {
            return padded(out, address.bigEndianWord(0) & 0xffffffffL, 8, '0');
        }
        final byte[] bytes = address.bytes();
        for (int i = 0; i < bytes.length; i++) {
            if (i > 0 && i % 2 == 0) {
                out.append(':');
            }
            out.append(Character.forDigit(bytes[i] >> 4 & 0xf, 16)).append(Character.forDigit(bytes[i] & 0xf, 16));
        }
        return out;
    }

    static StringBuilder port(final StringBuilder out, final int port) {
        return padded(out, port, 4, '0');
    }

    /** An unsigned number in upper-case digits, right-aligned. */
    static StringBuilder padded(final StringBuilder out, final long value, final int width, final char padding) {
        int shift = (63 - Long.numberOfLeadingZeros(value | 1)) / 4 * 4;
        for (int digits = shift / 4 + 1; digits < width; digits++) {
            out.append(padding);
        }
        for (; shift >= 0; shift -= 4) {
            out.append(Character.toUpperCase(Character.forDigit((int) (value >>> shift) & 0xf, 16)));
        }
        return out;
    }
}
