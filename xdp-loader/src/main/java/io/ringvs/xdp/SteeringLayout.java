package io.ringvs.xdp;

import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/**
 * Layout of the steering map's keys and the meaning of its values.
 *
 * <pre>
 *    0  address    16 bytes, network order; IPv4 in the first 4, the rest 0
 *   16  port       u16, network order
 *   18  protocol   u8, IP protocol number
 *   19  family     u8, 4 or 6
 *   20  direction  u8, 0 to a service, 1 from a real server, 2 to this host, 3 from a real server on this host
 *   21  zero       3 bytes
 *   24
 * </pre>
 *
 * <p>Key of the map of prefixes:
 *
 * <pre>
 *    0  length     u32, native order: 32 + bits of the prefix
 *    4  family     u8, 4 or 6
 *    5  zero       3 bytes
 *    8  address    16 bytes, network order; IPv4 in the first 4, the rest 0
 *   24
 * </pre>
 *
 * <p><b>Source</b>: {@code steer.h}.
 */
final class SteeringLayout {
    static final int ADDRESS_OFFSET = 0;
    static final int PORT_OFFSET = 16;
    static final int PROTOCOL_OFFSET = 18;
    static final int FAMILY_OFFSET = 19;
    static final int DIRECTION_OFFSET = 20;
    static final int KEY_BYTES = 24;
    static final int VALUE_BYTES = 4;

    static final int PREFIX_LENGTH_OFFSET = 0;
    static final int PREFIX_FAMILY_OFFSET = 4;
    static final int PREFIX_ADDRESS_OFFSET = 8;
    static final int PREFIX_KEY_BYTES = 24;
    /** Bits of a prefix's key before its address: family and zero. */
    private static final int PREFIX_ADDRESS_BIT = 32;

    static final int SERVICE_STEER = 0x1;

    /** Flags of an address entry: bit {@code p} for "has a service", this much higher for "on every port". */
    static final int ANY_PORT_SHIFT = 8;
    static final int ADDRESS_ICMP_ERRORS = 0x10000;
    /** Index of a protocol among the flags of an address. */
    static final int TCP = 0;
    static final int UDP = 1;
    static final int SCTP = 2;
    static final int PROTOCOLS = 3;

    static final int CONFIG_SERVER_REPLIES = 0x1;
    static final int CONFIG_PREFIXES = 0x2;
    static final int CONFIG_LOCAL_SERVERS = 0x4;

    private SteeringLayout() {
    }

    /** Writes the key of one port of an address, or with protocol and port 0 that of the address as a whole. */
    static void putKey(final long key, final SteeringEntry entry, final int protocol, final int port) {
        UnsafeApi.putLong(key + ADDRESS_OFFSET, entry.address0());
        UnsafeApi.putLong(key + ADDRESS_OFFSET + 8, entry.address1());
        UnsafeApi.putLong(key + PORT_OFFSET, 0L);
        UnsafeApi.putShort(key + PORT_OFFSET, toNetworkOrder((short)port));
        UnsafeApi.putByte(key + PROTOCOL_OFFSET, (byte)protocol);
        UnsafeApi.putByte(key + FAMILY_OFFSET, (byte)entry.family());
        UnsafeApi.putByte(key + DIRECTION_OFFSET, (byte)entry.direction().ordinal());
    }

    /** Writes the key of a prefix. */
    static void putPrefixKey(
        final long key, final int family, final long address0, final long address1, final int length) {
        UnsafeApi.putInt(key + PREFIX_LENGTH_OFFSET, PREFIX_ADDRESS_BIT + length);
        UnsafeApi.putInt(key + PREFIX_FAMILY_OFFSET, 0);
        UnsafeApi.putByte(key + PREFIX_FAMILY_OFFSET, (byte)family);
        UnsafeApi.putLong(key + PREFIX_ADDRESS_OFFSET, address0);
        UnsafeApi.putLong(key + PREFIX_ADDRESS_OFFSET + 8, address1);
    }

    /** Flags of addresses on which a protocol is served on every port. */
    static int anyPortFlags(final int protocol) {
        final int served = 1 << protocolIndex(protocol);
        return ADDRESS_ICMP_ERRORS | served | served << ANY_PORT_SHIFT;
    }

    static int protocolIndex(final int protocol) {
        return switch (protocol) {
            case SteeringEntry.IPPROTO_TCP -> TCP;
            case SteeringEntry.IPPROTO_UDP -> UDP;
            case SteeringEntry.IPPROTO_SCTP -> SCTP;
            default -> throw new IllegalArgumentException(
                "protocol " + protocol + " cannot be steered: TCP (6), UDP (17) and SCTP (132) can");
        };
    }

    private static short toNetworkOrder(final short port) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? port : Short.reverseBytes(port);
    }
}
