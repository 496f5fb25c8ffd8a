package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * The options of an IPv4 header, as the kernel looks at them when a packet comes in for the host: some ask each host on
 * the way to write down its address or the time.
 *
 * <pre>
 *   0 END, 1 NOP      one byte
 *   7 RECORD ROUTE    type | length | pointer | addresses                pointer: of the next free byte, counted from 1
 *   68 TIMESTAMP      type | length | pointer | overflow(4) flag(4) | times, or pairs of address and time
 *   131, 137 SOURCE ROUTE, any other           type | length | data
 * </pre>
 *
 * <p>Times are milliseconds since midnight, UTC, 32 bits in network order.
 *
 * <p><b>Threading:</b> static functions; the packet belongs to the caller.
 *
 * <p><b>Source:</b> ip_options_compile of Linux 6.1 {@code net/ipv4/ip_options.c}; RFC 791 section 3.1.
 */
public final class IpOptions {
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    private static final byte HOST = Verdict.HOST_OPTIONS.code();
    private static final byte SOURCE_ROUTE = Verdict.DROP_SOURCE_ROUTE.code();

    private static final int END = 0;
    private static final int NOP = 1;
    private static final int RECORD_ROUTE = 7;
    private static final int TIMESTAMP = 68;
    private static final int LOOSE_SOURCE_ROUTE = 131;
    private static final int CIPSO = 134;
    private static final int STRICT_SOURCE_ROUTE = 137;

    private static final int LENGTH = 1;
    private static final int POINTER = 2;
    private static final int FLAG = 3;
    private static final int MIN_LENGTH = 2;
    private static final int MIN_LENGTH_OF_ROUTE = 3;
    private static final int MIN_LENGTH_OF_TIMESTAMP = 4;
    private static final int MIN_POINTER_OF_ROUTE = 4;
    private static final int MIN_POINTER_OF_TIMESTAMP = 5;
    private static final int WORD = 4;
    private static final int FLAG_MASK = 0xf;
    private static final int TIMES_ONLY = 0;
    private static final int TIMES_AND_ADDRESSES = 1;
    private static final int TIMES_OF_NAMED = 3;
    private static final int OVERFLOW_SHIFT = 4;
    private static final int MAX_OVERFLOW = 15;

    private IpOptions() {
    }

    /**
     * Judges the options without changing anything.
     *
     * @return the code of UNDECIDED; of DROP_SOURCE_ROUTE; or of HOST_OPTIONS, where the host is to tell the sender
     *         what is wrong
     */
    public static byte judge(final long header, final int headerLength) {
        final long end = header + headerLength;
        long option = header + Ipv4Header.MIN_LENGTH;
        boolean sourceRoute = false;
        int seen = 0;
        while (option < end && u8(option) != END) {
            final int type = u8(option);
            if (type == NOP) {
                option++;
                continue;
            }
            final int length = option + LENGTH < end ? u8(option + LENGTH) : 0;
            if (length < MIN_LENGTH || option + length > end || !isSound(option, type, length)) {
                return HOST;
            }
            final int once = onceBit(type);
            if ((seen & once) != 0) {
                return HOST;
            }
            seen |= once;
            sourceRoute |= isSourceRoute(type);
            option += length;
        }
        return sourceRoute ? SOURCE_ROUTE : UNDECIDED;
    }

    private static boolean isSourceRoute(final int type) {
        return type == LOOSE_SOURCE_ROUTE || type == STRICT_SOURCE_ROUTE;
    }

    /** A bit for each kind that may occur once; 0 for the others. */
    private static int onceBit(final int type) {
        return switch (type) {
            case RECORD_ROUTE -> 1;
            case TIMESTAMP -> 2;
            case LOOSE_SOURCE_ROUTE, STRICT_SOURCE_ROUTE -> 4;
            default -> 0;
        };
    }

    private static boolean isSound(final long option, final int type, final int length) {
        return switch (type) {
            case RECORD_ROUTE -> length >= MIN_LENGTH_OF_ROUTE && u8(option + POINTER) >= MIN_POINTER_OF_ROUTE
                && (isFull(option) || hasRoom(option, WORD));
            case TIMESTAMP -> length >= MIN_LENGTH_OF_TIMESTAMP && u8(option + POINTER) >= MIN_POINTER_OF_TIMESTAMP
                && isSoundTimestamp(option);
            case LOOSE_SOURCE_ROUTE, STRICT_SOURCE_ROUTE ->
                length >= MIN_LENGTH_OF_ROUTE && u8(option + POINTER) >= MIN_POINTER_OF_ROUTE;
            case CIPSO -> false; // a label, whose meaning only the host knows
            default -> true;
        };
    }

    private static boolean isSoundTimestamp(final long option) {
        final int flag = u8(option + FLAG) & FLAG_MASK;
        if (isFull(option)) {
            return flag == TIMES_OF_NAMED || u8(option + FLAG) >>> OVERFLOW_SHIFT != MAX_OVERFLOW;
        }
        return hasRoom(option, flag == TIMES_AND_ADDRESSES || flag == TIMES_OF_NAMED ? 2 * WORD : WORD);
    }

    private static boolean isFull(final long option) {
        return u8(option + POINTER) > u8(option + LENGTH);
    }

    private static boolean hasRoom(final long option, final int bytes) {
        return u8(option + POINTER) + bytes - 1 <= u8(option + LENGTH);
    }

    /**
     * Writes down what the options of a packet ask for: its destination, which is an address of this host, and the
     * time. The checksum follows.
     *
     * <p>Of the hosts that a timestamp option names the destination counts as this one; Linux knows its other addresses
     * too.
     *
     * @param header    whose options {@link #judge} left undecided
     * @param timeOfDay in milliseconds since midnight, UTC
     */
    public static void fillIn(final long header, final int timeOfDay) {
        final int headerLength = (Ipv4Header.versionAndLength(header) & 0xf) * WORD;
        final long end = header + headerLength;
        final int address = UnsafeApi.getInt(header + Ipv4Header.DESTINATION);
        long option = header + Ipv4Header.MIN_LENGTH;
        while (option < end) {
            final int type = u8(option);
            if (type == END) {
                UnsafeApi.setMemory(option, end - option, (byte)END);
                break;
            }
            if (type == RECORD_ROUTE && !isFull(option)) {
                UnsafeApi.putInt(free(option), address);
                advance(option, WORD);
            } else if (type == TIMESTAMP) {
                stamp(option, address, Integer.reverseBytes(timeOfDay));
            }
            option += type == NOP ? 1 : u8(option + LENGTH);
        }
        UnsafeApi.putShort(header + Ipv4Header.CHECKSUM, (short)0);
        UnsafeApi.putShort(header + Ipv4Header.CHECKSUM, InternetChecksum.of(header, headerLength));
    }

    private static void stamp(final long option, final int address, final int wireTime) {
        final int flag = u8(option + FLAG) & FLAG_MASK;
        if (isFull(option)) {
            if (flag != TIMES_OF_NAMED) { // one more host that found no room
                UnsafeApi.putByte(option + FLAG, (byte)(u8(option + FLAG) + (1 << OVERFLOW_SHIFT)));
            }
        } else if (flag == TIMES_ONLY) {
            UnsafeApi.putInt(free(option), wireTime);
            advance(option, WORD);
        } else if (flag == TIMES_AND_ADDRESSES
            || flag == TIMES_OF_NAMED && UnsafeApi.getInt(free(option)) == address) {
            UnsafeApi.putInt(free(option), address);
            UnsafeApi.putInt(free(option) + WORD, wireTime);
            advance(option, 2 * WORD);
        }
    }

    private static long free(final long option) {
        return option + u8(option + POINTER) - 1;
    }

    private static void advance(final long option, final int bytes) {
        UnsafeApi.putByte(option + POINTER, (byte)(u8(option + POINTER) + bytes));
    }

    private static int u8(final long address) {
        return UnsafeApi.getByte(address) & 0xff;
    }
}
