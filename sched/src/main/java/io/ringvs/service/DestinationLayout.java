package io.ringvs.service;

/**
 * Offsets of one 64-byte row of {@link DestinationTable}. Counters and thresholds are native 32-bit integers; address
 * and port are in network order.
 *
 * <pre>
 *   0  active connections     4  total connections     8  persistent connections (templates)   12  flags
 *  16  weight                20  upper threshold      24  lower threshold                      28  connection flags
 *  32  address (16 bytes, IPv4 in the first four)
 *  48  port u16, family u8 (4 or 6), tunnel type u8        52  generation
 *  56  position in its scheduler's list, plus 1, if changes are to be marked; else 0               60..63  unused
 * </pre>
 */
final class DestinationLayout {
    static final int ACTIVE = 0;
    static final int TOTAL = 4;
    static final int PERSISTENT = 8;
    static final int FLAGS = 12;
    static final int WEIGHT = 16;
    static final int UPPER_THRESHOLD = 20;
    static final int LOWER_THRESHOLD = 24;
    static final int CONNECTION_FLAGS = 28;
    static final int ADDRESS = 32;
    static final int PORT = 48;
    static final int FAMILY = 50;
    static final int TUNNEL_TYPE = 51;
    static final int GENERATION = 52;
    static final int WATCHED = 56;
    static final int ROW_LENGTH = 64;

    static final int FLAG_AVAILABLE = 1;
    static final int FLAG_OVERLOAD = 2;

    private DestinationLayout() {
    }
}
