package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * Writes the key of a packet's flow to where the connection table looks it up.
 *
 * <pre>
 *   0  client address, 16 bytes (IPv4 in the first four, the rest 0)     16  virtual address likewise
 *  32  client port u16, virtual port u16, protocol u8, family u8 (4 or 6), 0 u16
 * </pre>
 *
 * Addresses and ports are in network byte order.
 *
 * <p><b>Threading:</b> static functions; the record belongs to the caller.
 */
final class FlowKeyWriter {
    static final int CLIENT_ADDRESS = 0;
    static final int VIRTUAL_ADDRESS = 16;
    static final int PORTS = 32;
    /** Bytes from one record to the next, as a shift. */
    static final int RECORD_SHIFT = 6;

    private static final int PROTOCOL_SHIFT = 32;
    private static final long FAMILY_IPV4 = 4L << 40;
    private static final long FAMILY_IPV6 = 6L << 40;

    private FlowKeyWriter() {
    }

    /** Writes a key that no connection has, for a packet that belongs to none. */
    static void none(final long record) {
        UnsafeApi.putLong(record + PORTS, 0);
    }

    /** @param ports both ports as one native load of the transport header's first four bytes */
    static void ipv4(final long record, final long client, final long virtual, final int protocol, final int ports) {
        UnsafeApi.putLong(record + CLIENT_ADDRESS, client);
        UnsafeApi.putLong(record + CLIENT_ADDRESS + Long.BYTES, 0);
        UnsafeApi.putLong(record + VIRTUAL_ADDRESS, virtual);
        UnsafeApi.putLong(record + VIRTUAL_ADDRESS + Long.BYTES, 0);
        UnsafeApi.putLong(record + PORTS, ports & 0xffff_ffffL | (long)protocol << PROTOCOL_SHIFT | FAMILY_IPV4);
    }

    /**
     * @param header pointer to the IPv6 header
     * @param ports  as for IPv4
     */
    static void ipv6(final long record, final long header, final int protocol, final int ports) {
        final long source = header + Ipv6Header.SOURCE;
        final long destination = header + Ipv6Header.DESTINATION;
        UnsafeApi.putLong(record + CLIENT_ADDRESS, UnsafeApi.getLong(source));
        UnsafeApi.putLong(record + CLIENT_ADDRESS + Long.BYTES, UnsafeApi.getLong(source + Long.BYTES));
        UnsafeApi.putLong(record + VIRTUAL_ADDRESS, UnsafeApi.getLong(destination));
        UnsafeApi.putLong(record + VIRTUAL_ADDRESS + Long.BYTES, UnsafeApi.getLong(destination + Long.BYTES));
        UnsafeApi.putLong(record + PORTS, ports & 0xffff_ffffL | (long)protocol << PROTOCOL_SHIFT | FAMILY_IPV6);
    }
}
