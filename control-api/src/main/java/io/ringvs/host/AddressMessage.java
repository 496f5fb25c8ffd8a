package io.ringvs.host;

import io.ringvs.netlink.NetlinkMessage;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

/**
 * Layout of RTM_NEWADDR and RTM_DELADDR and their decoding.
 *
 * <pre>
 *   0  family u8   1  prefix length u8   2  flags u8   3  scope u8   4  interface index u32   8  attributes
 * </pre>
 *
 * <p><b>Source:</b> Linux include/uapi/linux/if_addr.h (struct ifaddrmsg).
 */
final class AddressMessage {
    static final int NEW = 20;
    static final int DELETE = 21;
    static final int GET = 22;

    static final int FAMILY = 0;
    static final int PREFIX_LENGTH = 1;
    static final int FLAGS = 2;
    static final int SCOPE = 3;
    static final int INDEX = 4;
    static final int BODY_LENGTH = 8;

    /** The subnet's address, or the far end of a point-to-point link where {@link #ATTRIBUTE_LOCAL} is there too. */
    static final int ATTRIBUTE_ADDRESS = 1;
    static final int ATTRIBUTE_LOCAL = 2;
    /** All 32 bits of the flags. */
    static final int ATTRIBUTE_FLAGS = 8;

    private AddressMessage() {
    }

    /** The address that a message tells of, or null if it is malformed or of another family. */
    static InterfaceAddress decode(final NetlinkMessage message) {
        if (message.bodyLength() < BODY_LENGTH) {
            return null;
        }
        final int body = message.bodyOffset();
        final Family family = Families.ofSocketFamily(message.buffer().getByte(body + FAMILY));
        final int prefixLength = message.buffer().getByte(body + PREFIX_LENGTH) & 0xff;
        IpAddress local = null;
        IpAddress subnet = null;
        int flags = message.buffer().getByte(body + FLAGS) & 0xff;
        final RouteAttributes attributes =
            new RouteAttributes(message.buffer(), body + BODY_LENGTH, message.end());
        while (attributes.next()) {
            switch (attributes.type()) {
                case ATTRIBUTE_ADDRESS -> subnet = attributes.address();
                case ATTRIBUTE_LOCAL -> local = attributes.address();
                case ATTRIBUTE_FLAGS -> flags = attributes.intValue();
                default -> { }
            }
        }
        final IpAddress address = local != null ? local : subnet;
        if (family == null || address == null || address.family() != family
            || prefixLength > family.hostPrefixLength()) {
            return null;
        }
        return new InterfaceAddress(
            message.buffer().getInt(body + INDEX), address, prefixLength,
            message.buffer().getByte(body + SCOPE) & 0xff, flags);
    }
}
