package io.ringvs.packet;

import io.ringvs.conntab.FlowLayout;

import org.agrona.UnsafeApi;

/**
 * Writes the key of a packet's flow to where the connection table looks it up.
 *
 * <p>The layout is that of {@link FlowLayout}; addresses and ports are in network byte order.
 *
 * <p><b>Threading:</b> static functions; the entry belongs to the caller.
 */
final class FlowKeyWriter {
    private static final int PROTOCOL_SHIFT = 32;
    private static final long FAMILY_IPV4 = (long)FlowLayout.IPV4 << 40;
    private static final long FAMILY_IPV6 = (long)FlowLayout.IPV6 << 40;

    private FlowKeyWriter() {
    }

    /** Writes a key that no connection has, for a packet that belongs to none. */
    static void none(final long entry) {
        UnsafeApi.putLong(entry + FlowLayout.PORTS, 0);
    }

    /** @param ports both ports as one native load of the transport header's first four bytes */
    static void ipv4(final long entry, final long client, final long virtual, final int protocol, final int ports) {
        UnsafeApi.putLong(entry + FlowLayout.CLIENT_ADDRESS, client);
        UnsafeApi.putLong(entry + FlowLayout.CLIENT_ADDRESS + Long.BYTES, 0);
        UnsafeApi.putLong(entry + FlowLayout.VIRTUAL_ADDRESS, virtual);
        UnsafeApi.putLong(entry + FlowLayout.VIRTUAL_ADDRESS + Long.BYTES, 0);
        UnsafeApi.putLong(entry + FlowLayout.PORTS,
            ports & 0xffff_ffffL | (long) protocol << PROTOCOL_SHIFT | FAMILY_IPV4);
    }

    /**
     * @param header pointer to the IPv6 header
     * @param ports  as for IPv4
     */
    static void ipv6(final long entry, final long header, final int protocol, final int ports) {
        final long source = header + Ipv6Header.SOURCE;
        final long destination = header + Ipv6Header.DESTINATION;
        UnsafeApi.putLong(entry + FlowLayout.CLIENT_ADDRESS, UnsafeApi.getLong(source));
        UnsafeApi.putLong(entry + FlowLayout.CLIENT_ADDRESS + Long.BYTES, UnsafeApi.getLong(source + Long.BYTES));
        UnsafeApi.putLong(entry + FlowLayout.VIRTUAL_ADDRESS, UnsafeApi.getLong(destination));
        UnsafeApi.putLong(entry + FlowLayout.VIRTUAL_ADDRESS + Long.BYTES, UnsafeApi.getLong(destination + Long.BYTES));
        UnsafeApi.putLong(entry + FlowLayout.PORTS,
            ports & 0xffff_ffffL | (long) protocol << PROTOCOL_SHIFT | FAMILY_IPV6);
    }

    /**
     * The key of a packet's connection where the packet travels from the service to the client; parameters as before.
     */
    static void ipv6Reversed(final long entry, final long header, final int protocol, final int ports) {
        ipv6(entry, header, protocol, ports);
        for (int offset = 0; offset < FlowLayout.VIRTUAL_ADDRESS; offset += Long.BYTES) {
            final long source = UnsafeApi.getLong(entry + FlowLayout.CLIENT_ADDRESS + offset);
            UnsafeApi.putLong(entry + FlowLayout.CLIENT_ADDRESS + offset,
                UnsafeApi.getLong(entry + FlowLayout.VIRTUAL_ADDRESS + offset));
            UnsafeApi.putLong(entry + FlowLayout.VIRTUAL_ADDRESS + offset, source);
        }
    }
}
