package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * The CRC-32C of bytes at a raw pointer, by eight tables: 8 bytes a step.
 *
 * <p>The result, stored natively on a little-endian machine, is SCTP's checksum field.
 *
 * <p><b>Threading:</b> a static function; the tables are immutable.
 *
 * <p><b>Source:</b> RFC 9260 appendix A; Kounavis and Berry, "A systematic approach to building high performance
 * software-based CRC generators", 2005.
 */
public final class Crc32c {
    /** 0x1EDC6F41 with its bits in reverse order. */
    private static final int POLYNOMIAL = 0x82f6_3b78;
    private static final int TABLES = 8;
    private static final int SIZE = 256;
    private static final int[] TABLE = new int[TABLES * SIZE];

    static {
        for (int value = 0; value < SIZE; value++) {
            int crc = value;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = crc >>> 1 ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
            }
            TABLE[value] = crc;
        }
        for (int index = SIZE; index < TABLE.length; index++) {
            final int before = TABLE[index - SIZE];
            TABLE[index] = before >>> Byte.SIZE ^ TABLE[before & 0xff];
        }
    }

    private Crc32c() {
    }

    /** @param length in bytes */
    public static int of(final long pointer, final int length) {
        int crc = -1;
        int offset = 0;
        for (; offset <= length - Long.BYTES; offset += Long.BYTES) {
            final long word = UnsafeApi.getLong(pointer + offset) ^ crc & 0xffff_ffffL;
            crc = 0;
            for (int position = 0; position < TABLES; position++) {
                crc ^= TABLE[(TABLES - 1 - position) * SIZE + (int)(word >>> position * Byte.SIZE & 0xff)];
            }
        }
        for (; offset < length; offset++) {
            crc = crc >>> Byte.SIZE ^ TABLE[(crc ^ UnsafeApi.getByte(pointer + offset)) & 0xff];
        }
        return ~crc;
    }
}
