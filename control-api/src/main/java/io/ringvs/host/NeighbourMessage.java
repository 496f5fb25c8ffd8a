package io.ringvs.host;

import io.ringvs.netlink.NetlinkMessage;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

/**
 * Layout of RTM_NEWNEIGH and RTM_DELNEIGH, their decoding, and the request that makes the kernel resolve a neighbour.
 *
 * <pre>
 *   0  family u8   4  interface index s32   8  state u16   10  flags u8   11  type u8   12  attributes
 * </pre>
 *
 * <p><b>Source:</b> Linux include/uapi/linux/neighbour.h (struct ndmsg).
 */
final class NeighbourMessage {
    static final int NEW = 28;
    static final int DELETE = 29;
    static final int GET = 30;

    static final int FAMILY = 0;
    static final int INDEX = 4;
    static final int STATE = 8;
    static final int FLAGS = 10;
    static final int BODY_LENGTH = 12;

    static final int ATTRIBUTE_DESTINATION = 1;
    static final int ATTRIBUTE_MAC = 2;

    /** "This entry is being used": the kernel confirms or resolves it as if a packet went there. */
    static final int FLAG_USE = 0x01;
    /** This host answers for the neighbour; says nothing about where it is. */
    static final int FLAG_PROXY = 0x08;

    private NeighbourMessage() {
    }

    /** The neighbour that a message tells of, or null if it is malformed, a proxy entry or a bridge's entry. */
    static Neighbour decode(final NetlinkMessage message) {
        if (message.bodyLength() < BODY_LENGTH) {
            return null;
        }
        final int body = message.bodyOffset();
        final Family family = Families.ofSocketFamily(message.buffer().getByte(body + FAMILY));
        IpAddress address = null;
        MacAddress mac = null;
        final RouteAttributes attributes =
            new RouteAttributes(message.buffer(), body + BODY_LENGTH, message.end());
        while (attributes.next()) {
            if (attributes.type() == ATTRIBUTE_DESTINATION) {
                address = attributes.address();
            } else if (attributes.type() == ATTRIBUTE_MAC) {
                mac = attributes.mac();
            }
        }
        final boolean proxy = (message.buffer().getByte(body + FLAGS) & FLAG_PROXY) != 0;
        if (family == null || address == null || address.family() != family || proxy) {
            return null;
        }
        return new Neighbour(
            new Neighbour.Key(message.buffer().getInt(body + INDEX), address),
            message.buffer().getShort(body + STATE) & 0xffff, mac);
    }

    /** Writes the request that makes the kernel resolve or confirm a neighbour. */
    static void encodeUse(final NetlinkRequest request, final int sequence, final Neighbour.Key neighbour) {
        request
            .begin(
                NEW,
                NetlinkMessage.FLAG_REQUEST | NetlinkMessage.FLAG_ACK | NetlinkMessage.FLAG_CREATE,
                sequence, BODY_LENGTH, neighbour.address().family().socketFamily())
            .bodyInt(INDEX, neighbour.interfaceIndex())
            .bodyShort(STATE, Neighbour.STATE_NONE)
            .bodyByte(FLAGS, FLAG_USE)
            .attribute(ATTRIBUTE_DESTINATION, neighbour.address());
    }
}
