package io.ringvs.host;

import io.ringvs.netlink.NetlinkMessage;

/**
 * Layout of RTM_NEWLINK and RTM_DELLINK and their decoding.
 *
 * <pre>
 *   0  family u8   2  hardware type u16   4  index s32   8  flags u32   12  change mask u32   16  attributes
 * </pre>
 *
 * <p><b>Source:</b> Linux include/uapi/linux/rtnetlink.h (struct ifinfomsg), if_link.h.
 */
final class LinkMessage {
    static final int NEW = 16;
    static final int DELETE = 17;
    static final int GET = 18;

    static final int FAMILY = 0;
    static final int HARDWARE_TYPE = 2;
    static final int INDEX = 4;
    static final int FLAGS = 8;
    static final int BODY_LENGTH = 16;

    static final int ATTRIBUTE_ADDRESS = 1;
    static final int ATTRIBUTE_NAME = 3;
    static final int ATTRIBUTE_MTU = 4;
    static final int ATTRIBUTE_LINK = 5;
    static final int ATTRIBUTE_MASTER = 10;
    static final int ATTRIBUTE_LINK_INFO = 18;
    static final int ATTRIBUTE_LINK_NAMESPACE = 37;
    static final int INFO_KIND = 1;
    static final int INFO_DATA = 2;
    static final int VLAN_ID = 1;
    static final int VLAN_PROTOCOL = 5;

    private LinkMessage() {
    }

    /**
     * The link that a message tells of, or null if it is malformed or a view of another subsystem: a bridge reports its
     * ports under a family of its own, where DELETE means only that the port left the bridge.
     */
    static Link decode(final NetlinkMessage message) {
        if (message.bodyLength() < BODY_LENGTH || message.buffer().getByte(message.bodyOffset() + FAMILY) != 0) {
            return null;
        }
        final int body = message.bodyOffset();
        final Attributes found = new Attributes();
        final RouteAttributes attributes =
            new RouteAttributes(message.buffer(), body + BODY_LENGTH, message.end());
        while (attributes.next()) {
            found.take(attributes);
        }
        return new Link(
            message.buffer().getInt(body + INDEX), found.name, found.mac, found.mtu,
            message.buffer().getInt(body + FLAGS), message.buffer().getShort(body + HARDWARE_TYPE) & 0xffff,
            found.kind, found.parentElsewhere ? 0 : found.parentIndex, found.masterIndex, found.vlanProtocol,
            found.vlanId);
    }

    private static final class Attributes {
        String name = "";
        String kind = "";
        MacAddress mac;
        int mtu;
        int parentIndex;
        /** The parent is in another network namespace, whose indexes mean other interfaces. */
        boolean parentElsewhere;
        int masterIndex;
        int vlanProtocol;
        int vlanId;

        void take(final RouteAttributes attribute) {
            switch (attribute.type()) {
                case ATTRIBUTE_ADDRESS -> mac = attribute.mac();
                case ATTRIBUTE_NAME -> name = attribute.text();
                case ATTRIBUTE_MTU -> mtu = attribute.intValue();
                case ATTRIBUTE_LINK -> parentIndex = attribute.intValue();
                case ATTRIBUTE_LINK_NAMESPACE -> parentElsewhere = true;
                case ATTRIBUTE_MASTER -> masterIndex = attribute.intValue();
                case ATTRIBUTE_LINK_INFO -> takeInfo(attribute.nested());
                default -> { }
            }
        }

        private void takeInfo(final RouteAttributes info) {
            while (info.next()) {
                if (info.type() == INFO_KIND) {
                    kind = info.text();
                } else if (info.type() == INFO_DATA && kind.equals(Link.KIND_VLAN)) {
                    takeVlan(info.nested());
                }
            }
        }

        private void takeVlan(final RouteAttributes data) {
            while (data.next()) {
                if (data.type() == VLAN_ID) {
                    vlanId = data.shortValue();
                } else if (data.type() == VLAN_PROTOCOL) {
                    vlanProtocol = data.networkShortValue();
                }
            }
        }
    }
}
