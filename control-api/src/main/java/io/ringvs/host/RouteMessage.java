package io.ringvs.host;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.netlink.NetlinkMessage;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import org.agrona.DirectBuffer;

/**
 * Layout of RTM_NEWROUTE and RTM_DELROUTE and their decoding.
 *
 * <pre>
 *   0  family u8       1  destination prefix u8   2  source prefix u8   3  TOS u8
 *   4  table u8        5  protocol u8             6  scope u8           7  type u8
 *   8  flags u32      12  attributes
 * </pre>
 *
 * A multipath attribute holds a run of next hops, each a multiple of 4 bytes long:
 * <pre>
 *   0  length u16 (with attributes)   2  flags u8   3  weight - 1 u8   4  interface index s32   8  attributes
 * </pre>
 *
 * <p><b>Source:</b> Linux include/uapi/linux/rtnetlink.h (struct rtmsg, struct rtnexthop).
 */
final class RouteMessage {
    static final int NEW = 24;
    static final int DELETE = 25;
    static final int GET = 26;

    static final int FAMILY = 0;
    static final int PREFIX_LENGTH = 1;
    static final int SOURCE_PREFIX_LENGTH = 2;
    static final int TOS = 3;
    static final int TABLE = 4;
    static final int PROTOCOL = 5;
    static final int SCOPE = 6;
    static final int TYPE = 7;
    static final int FLAGS = 8;
    static final int BODY_LENGTH = 12;

    static final int ATTRIBUTE_DESTINATION = 1;
    static final int ATTRIBUTE_INTERFACE = 4;
    static final int ATTRIBUTE_GATEWAY = 5;
    static final int ATTRIBUTE_METRIC = 6;
    static final int ATTRIBUTE_PREFERRED_SOURCE = 7;
    static final int ATTRIBUTE_PROPERTIES = 8;
    static final int ATTRIBUTE_MULTIPATH = 9;
    static final int ATTRIBUTE_TABLE = 15;
    /** A gateway of another family: family u16 in host byte order, then its address. */
    static final int ATTRIBUTE_VIA = 18;
    static final int ATTRIBUTE_ENCAPSULATION = 22;
    static final int PROPERTY_MTU = 2;

    static final int NEXT_HOP_LENGTH = 0;
    static final int NEXT_HOP_FLAGS = 2;
    static final int NEXT_HOP_WEIGHT = 3;
    static final int NEXT_HOP_INTERFACE = 4;
    static final int NEXT_HOP_HEADER_LENGTH = 8;

    /** A cached exception (path MTU, redirect), not a route of the table. */
    static final int FLAG_CLONED = 0x200;

    private RouteMessage() {
    }

    /**
     * The route that a message tells of, or null if it is malformed or one that RingVS does not look at: of another
     * family, for one TOS or one source only, or a cached exception.
     */
    static Route decode(final NetlinkMessage message) {
        if (message.bodyLength() < BODY_LENGTH) {
            return null;
        }
        final DirectBuffer buffer = message.buffer();
        final int body = message.bodyOffset();
        final Family family = Families.ofSocketFamily(buffer.getByte(body + FAMILY));
        final int prefixLength = buffer.getByte(body + PREFIX_LENGTH) & 0xff;
        if (family == null || prefixLength > family.hostPrefixLength()
            || buffer.getByte(body + SOURCE_PREFIX_LENGTH) != 0 || buffer.getByte(body + TOS) != 0
            || (buffer.getInt(body + FLAGS) & FLAG_CLONED) != 0) {
            return null;
        }
        final Attributes found = new Attributes(family, buffer.getByte(body + TABLE) & 0xff);
        final RouteAttributes attributes = new RouteAttributes(buffer, body + BODY_LENGTH, message.end());
        while (attributes.next()) {
            found.take(attributes);
        }
        if (found.destination == null || found.destination.family() != family) {
            return null;
        }
        return new Route(
            Prefixes.mask(found.destination, prefixLength), prefixLength, found.table,
            Route.Type.ofNumber(buffer.getByte(body + TYPE)), buffer.getByte(body + SCOPE) & 0xff,
            buffer.getByte(body + PROTOCOL) & 0xff, found.metric & 0xffff_ffffL,
            found.nextHops(buffer.getInt(body + FLAGS)), found.preferredSource, found.mtu);
    }

    private static final class Attributes {
        IpAddress destination;
        int table;
        int metric;
        int mtu;
        IpAddress preferredSource;
        private final Hop single = new Hop();
        private List<NextHop> multipath;

        Attributes(final Family family, final int table) {
            this.destination = IpAddress.ofWords(family, 0, 0);
            this.table = table;
        }

        void take(final RouteAttributes attribute) {
            switch (attribute.type()) {
                case ATTRIBUTE_DESTINATION -> destination = attribute.address();
                case ATTRIBUTE_INTERFACE -> single.interfaceIndex = attribute.intValue();
                case ATTRIBUTE_METRIC -> metric = attribute.intValue();
                case ATTRIBUTE_PREFERRED_SOURCE -> preferredSource = attribute.address();
                case ATTRIBUTE_PROPERTIES -> takeProperties(attribute.nested());
                case ATTRIBUTE_MULTIPATH -> multipath = decodeMultipath(attribute);
                case ATTRIBUTE_TABLE -> table = attribute.intValue();
                default -> single.take(attribute);
            }
        }

        List<NextHop> nextHops(final int routeFlags) {
            if (multipath != null) {
                return List.copyOf(multipath);
            }
            // the low byte of a single-path route's flags is its next hop's
            return single.interfaceIndex == 0 ? List.of() : List.of(single.nextHop(routeFlags & 0xff, 1));
        }

        private void takeProperties(final RouteAttributes properties) {
            while (properties.next()) {
                if (properties.type() == PROPERTY_MTU) {
                    mtu = properties.intValue();
                }
            }
        }
    }

    private static List<NextHop> decodeMultipath(final RouteAttributes attribute) {
        final List<NextHop> hops = new ArrayList<>();
        final DirectBuffer buffer = attribute.buffer();
        final int limit = attribute.valueOffset() + attribute.valueLength();
        int offset = attribute.valueOffset();
        while (limit - offset >= NEXT_HOP_HEADER_LENGTH) {
            final int length = buffer.getShort(offset + NEXT_HOP_LENGTH) & 0xffff;
            if (length < NEXT_HOP_HEADER_LENGTH || length > limit - offset) {
                break;
            }
            final Hop hop = new Hop();
            hop.interfaceIndex = buffer.getInt(offset + NEXT_HOP_INTERFACE);
            final RouteAttributes attributes =
                new RouteAttributes(buffer, offset + NEXT_HOP_HEADER_LENGTH, offset + length);
            while (attributes.next()) {
                hop.take(attributes);
            }
            hops.add(hop.nextHop(
                buffer.getByte(offset + NEXT_HOP_FLAGS) & 0xff, (buffer.getByte(offset + NEXT_HOP_WEIGHT) & 0xff) + 1));
            offset += NetlinkMessage.align(length);
        }
        return hops;
    }

    private static final class Hop {
        int interfaceIndex;
        private IpAddress gateway;
        private boolean encapsulated;

        void take(final RouteAttributes attribute) {
            switch (attribute.type()) {
                case ATTRIBUTE_GATEWAY -> gateway = attribute.address();
                case ATTRIBUTE_VIA -> gateway = attribute.address(Short.BYTES);
                case ATTRIBUTE_ENCAPSULATION -> encapsulated = true;
                default -> { }
            }
        }

        NextHop nextHop(final int flags, final int weight) {
            return new NextHop(interfaceIndex, gateway, weight, (flags & NextHop.FLAG_DEAD) != 0, encapsulated);
        }
    }
}
