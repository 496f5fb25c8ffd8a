package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * Reads the text of an IP address that stands in a packet, without allocating.
 *
 * <pre>
 *   192.0.2.1     2001:db8::1     ::ffff:192.0.2.1
 * </pre>
 *
 * <p><b>Threading:</b> one worker's: what was read stays in the object.
 *
 * <p><b>Errors:</b> none thrown; reads nothing outside of the text.
 *
 * <p><b>Source:</b> RFC 4291 section 2.2.
 */
final class AddressText {
    /** Characters of the longest text: eight groups of four digits, or six and an IPv4 address. */
    static final int MAX_LENGTH = 45;

    private static final int GROUPS = 8;
    private static final int GROUP_DIGITS = 4;
    private static final int NUMBERS = 4;
    private static final int NUMBER_DIGITS = 3;
    private static final int NONE = -1;

    private final int[] groups = new int[GROUPS];
    private long text;
    private int length;
    private long word0;
    private long word1;

    long word0() {
        return word0;
    }

    long word1() {
        return word1;
    }

    /** Whether the whole text is an address of the family; then its wire words are set. */
    boolean read(final long pointer, final int bytes, final boolean ipv6) {
        text = pointer;
        length = bytes;
        return ipv6 ? readIpv6() : readIpv4();
    }

    private boolean readIpv4() {
        final long number = dotted(0);
        word0 = Integer.reverseBytes((int)number) & 0xffff_ffffL;
        word1 = 0;
        return number != NONE;
    }

    /** An IPv4 address from {@code from} to the end, or {@link #NONE}. */
    private long dotted(final int from) {
        long address = 0;
        int i = from;
        for (int number = 0; number < NUMBERS; number++) {
            if (number != 0 && (i >= length || at(i++) != '.')) {
                return NONE;
            }
            int value = 0;
            final int first = i;
            while (i < length && at(i) >= '0' && at(i) <= '9' && i - first < NUMBER_DIGITS) {
                value = value * 10 + at(i++) - '0';
            }
            if (i == first || value > 0xff) {
                return NONE;
            }
            address = address << Byte.SIZE | value;
        }
        return i == length ? address : NONE;
    }

    private boolean readIpv6() {
        int count = 0;
        int gap = NONE;
        int i = 0;
        if (isDoubleColon(0)) {
            gap = 0;
            i = 2;
        }
        while (i < length) {
            final int group = group(i);
            final int behind = afterGroup(i);
            if (isAt(behind, '.') && count <= GROUPS - 2) {
                final long tail = dotted(i);
                if (tail == NONE) {
                    return false;
                }
                groups[count++] = (int)(tail >>> Short.SIZE);
                groups[count++] = (int)tail & 0xffff;
                i = length;
            } else if (group == NONE || count == GROUPS) {
                return false;
            } else {
                groups[count++] = group;
                i = behind;
                if (i < length) {
                    if (isDoubleColon(i) && gap == NONE) {
                        gap = count;
                        i += 2;
                    } else if (!isAt(i, ':') || ++i == length) {
                        return false;
                    }
                }
            }
        }
        return gap == NONE ? count == GROUPS && setWords(count, count) : count < GROUPS && setWords(gap, count);
    }

    /** Puts the groups behind {@code gap} at the end, and zeros between. */
    private boolean setWords(final int gap, final int count) {
        long first = 0;
        long second = 0;
        for (int place = 0; place < GROUPS; place++) {
            final int skipped = GROUPS - count;
            final int group = place < gap ? groups[place] : place < gap + skipped ? 0 : groups[place - skipped];
            if (place < GROUPS / 2) {
                first = first << Short.SIZE | group;
            } else {
                second = second << Short.SIZE | group;
            }
        }
        word0 = Long.reverseBytes(first);
        word1 = Long.reverseBytes(second);
        return true;
    }

    private boolean isDoubleColon(final int i) {
        return isAt(i, ':') && isAt(i + 1, ':');
    }

    /** The hexadecimal number at {@code from}, or {@link #NONE}. */
    private int group(final int from) {
        final int behind = afterGroup(from);
        if (behind == from || behind - from > GROUP_DIGITS) {
            return NONE;
        }
        int value = 0;
        for (int i = from; i < behind; i++) {
            value = value << 4 | Character.digit(at(i), 16);
        }
        return value;
    }

    private int afterGroup(final int from) {
        int i = from;
        while (i < length && at(i) < 0x80 && Character.digit(at(i), 16) >= 0) {
            i++;
        }
        return i;
    }

    private boolean isAt(final int i, final int character) {
        return i < length && at(i) == character;
    }

    private int at(final int i) {
        return UnsafeApi.getByte(text + i) & 0xff;
    }
}
