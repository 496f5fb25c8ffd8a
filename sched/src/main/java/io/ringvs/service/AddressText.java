package io.ringvs.service;

/**
 * Numeric text of an address as inet_ntop(3) of the GNU C library writes it.
 *
 * <p><b>Source:</b> RFC 5952 section 4, with the library's one habit beside it: an address whose first 96 bits are zero
 * (other than :: and ::1), or ::ffff:0:0/96, ends in a dotted quad.
 */
final class AddressText {
    private static final int GROUPS = 8;

    private AddressText() {
    }

    static String of(final IpAddress address) {
        return address.family() == Family.IPV4 ? dottedQuad((int) address.word0()) : ipv6(address);
    }

    /** @param word network order as natively loaded: its first byte is the lowest */
    private static String dottedQuad(final int word) {
        return (word & 0xff) + "." + (word >>> 8 & 0xff) + "." + (word >>> 16 & 0xff) + "." + (word >>> 24);
    }

    private static String ipv6(final IpAddress address) {
        final int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            final long word = i < GROUPS / 2 ? address.word0() : address.word1();
            groups[i] = Short.reverseBytes((short) (word >>> i % (GROUPS / 2) * Short.SIZE)) & 0xffff;
        }
        int runStart = -1;
        int runLength = 1; // a single zero group is not compressed (RFC 5952 section 4.2.2)
        for (int i = 0; i < GROUPS; i++) {
            int length = 0;
            while (i + length < GROUPS && groups[i + length] == 0) {
                length++;
            }
            if (length > runLength) {
                runStart = i;
                runLength = length;
            }
            i += Math.max(length - 1, 0);
        }
        final StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == runStart) {
                text.append(i == 0 ? "::" : ":");
                i += runLength - 1;
                continue;
            }
            if (i == 6 && runStart == 0 && (runLength == 6 || runLength == 5 && groups[5] == 0xffff)) {
                return text.append(dottedQuad((int) (address.word1() >>> Integer.SIZE))).toString();
            }
            text.append(Integer.toHexString(groups[i]));
            if (i < GROUPS - 1) {
                text.append(':');
            }
        }
        return text.toString();
    }
}
