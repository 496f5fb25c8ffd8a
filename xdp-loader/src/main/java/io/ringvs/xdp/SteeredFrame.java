package io.ringvs.xdp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A frame as far as steering understands it.
 *
 * <p><b>Source</b>: the same steps, bounds and answers as {@code parse.h}.
 */
final class SteeredFrame {
    /** What must be known of an address for the frame to be steered, unless its port decides. */
    enum Need {
        NOTHING,
        /** A service of the protocol on every port. */
        EVERY_PORT,
        /** A service of the protocol on any port. */
        SOME_PORT,
        /** A service of any protocol. */
        SOME_PROTOCOL,
        /** A service at all. */
        ERRORS
    }

    private static final int ETHERNET_LENGTH = 14;
    private static final int TYPE_OFFSET = 12;
    private static final int TAG_LENGTH = 4;
    private static final int MAX_TAGS = 2;
    private static final int VLAN_ID_MASK = 0xfff;
    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_IPV6 = 0x86dd;
    private static final int TYPE_TAG = 0x8100;
    private static final int TYPE_SERVICE_TAG = 0x88a8;
    private static final int IPV4_LENGTH = 20;
    private static final int IPV4_SOURCE = 12;
    private static final int IPV4_DESTINATION = 16;
    private static final int IPV4_FRAGMENT_MASK = 0x3fff;
    private static final int IPV6_LENGTH = 40;
    private static final int IPV6_SOURCE = 8;
    private static final int IPV6_DESTINATION = 24;
    private static final int HOP_BY_HOP = 0;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int ENCAPSULATING_SECURITY = 50;
    private static final int AUTHENTICATION = 51;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int FRAGMENT_OFFSET_MASK = 0xfff8;
    private static final int FRAGMENT_MASK = 0xfff9;
    private static final int MAX_EXTENSIONS = 8;
    private static final int EXTENSION_LENGTH = 8;
    private static final int ICMP_HEADER_LENGTH = 8;
    private static final int ICMP_UNREACHABLE = 3;
    private static final int ICMP_QUENCH = 4;
    private static final int ICMP_EXCEEDED = 11;
    private static final int ICMPV6_INFORMATIONAL = 128;
    private static final int KEY_EXCHANGE_PORT = 500;

    /** Which VLAN it is of, see {@link VlanMap}; 0 for none. */
    long vlan;
    /** 4, 6, or 0 if it is no IP packet. */
    int family;
    /** Where it goes; words as in {@link SteeringEntry}. */
    long destination0;
    long destination1;
    /** The real server if this is a reply: the source, or the destination of what an ICMP error quotes. */
    long server0;
    long server1;
    int protocol;
    /** 0 unless the port is to be looked up. */
    int sourcePort;
    int destinationPort;
    Need need = Need.NOTHING;
    /** Given a match. */
    XdpVerdict verdict = XdpVerdict.STEERED_SERVICE;

    private final byte[] frame;

    SteeredFrame(final byte[] frame) {
        this.frame = frame;
        int offset = ETHERNET_LENGTH;
        int type = frame.length < ETHERNET_LENGTH ? 0 : u16(TYPE_OFFSET);
        int shift = 0;
        for (int tags = 0; tags < MAX_TAGS && (type == TYPE_TAG || type == TYPE_SERVICE_TAG); tags++) {
            offset += TAG_LENGTH;
            final int id = frame.length < offset ? 0 : u16(offset - TAG_LENGTH) & VLAN_ID_MASK;
            if (id != 0) {
                vlan |= VlanMap.tag(type, id) << shift;
                shift += Integer.SIZE;
            }
            type = frame.length < offset ? 0 : u16(offset - Short.BYTES);
        }
        if (type == TYPE_IPV4) {
            ipv4(offset);
        } else if (type == TYPE_IPV6) {
            ipv6(offset);
        }
    }

    private void ipv4(final int offset) {
        if (frame.length < offset + IPV4_LENGTH || u8(offset) >>> 4 != 4) {
            return;
        }
        family = 4;
        protocol = u8(offset + 9);
        server(offset + IPV4_SOURCE);
        destination(offset + IPV4_DESTINATION);
        final int headerLength = (u8(offset) & 0xf) * 4;
        if ((u16(offset + 6) & IPV4_FRAGMENT_MASK) != 0) {
            needSomePort(XdpVerdict.STEERED_FRAGMENT);
        } else if (headerLength < IPV4_LENGTH) {
            needSomePort(XdpVerdict.STEERED_MALFORMED);
        } else {
            transport(offset + headerLength);
        }
    }

    private void ipv6(final int start) {
        if (frame.length < start + IPV6_LENGTH || u8(start) >>> 4 != 6) {
            return;
        }
        family = 6;
        protocol = u8(start + 6);
        server(start + IPV6_SOURCE);
        destination(start + IPV6_DESTINATION);
        int offset = start + IPV6_LENGTH;
        int fragment = 0;
        for (int i = 0; i < MAX_EXTENSIONS && isExtension() && (fragment & FRAGMENT_OFFSET_MASK) == 0; i++) {
            if (frame.length < offset + EXTENSION_LENGTH) {
                needSomeProtocol();
                return;
            }
            fragment |= protocol == FRAGMENT ? u16(offset + 2) & FRAGMENT_MASK : 0;
            final int length = extensionLength(u8(offset + 1));
            protocol = u8(offset);
            offset += length;
        }
        // what follows a later fragment's header is payload, whatever its number says
        if (isExtension() && (fragment & FRAGMENT_OFFSET_MASK) == 0) {
            needSomeProtocol();
        } else if (fragment != 0) {
            needSomePort(XdpVerdict.STEERED_FRAGMENT);
        } else {
            transport(offset);
        }
    }

    private boolean isExtension() {
        return protocol == HOP_BY_HOP || protocol == ROUTING || protocol == FRAGMENT
            || protocol == AUTHENTICATION || protocol == DESTINATION_OPTIONS;
    }

    private int extensionLength(final int field) {
        if (protocol == FRAGMENT) {
            return EXTENSION_LENGTH;
        }
        return protocol == AUTHENTICATION ? (field + 2) * 4 : (field + 1) * 8;
    }

    private void transport(final int offset) {
        if (isServed()) {
            ports(offset);
        } else if (isSecured()) {
            protocol = SteeringEntry.IPPROTO_UDP;
            need = Need.EVERY_PORT;
            sourcePort = KEY_EXCHANGE_PORT;
            destinationPort = KEY_EXCHANGE_PORT;
        } else if (protocol == (family == 4 ? ICMP : ICMPV6)) {
            icmp(offset);
        }
    }

    private boolean isServed() {
        return protocol == SteeringEntry.IPPROTO_TCP || protocol == SteeringEntry.IPPROTO_UDP
            || protocol == SteeringEntry.IPPROTO_SCTP;
    }

    /** IPsec's packets go where its keys were exchanged: by UDP, from port to port. */
    private boolean isSecured() {
        return protocol == ENCAPSULATING_SECURITY || protocol == AUTHENTICATION;
    }

    private void ports(final int offset) {
        if (frame.length < offset + 2 * Short.BYTES) {
            needSomePort(XdpVerdict.STEERED_MALFORMED);
            return;
        }
        need = Need.EVERY_PORT;
        sourcePort = u16(offset);
        destinationPort = u16(offset + Short.BYTES);
    }

    /** Echo and neighbour discovery are the kernel's; errors may concern a connection. */
    private void icmp(final int offset) {
        need = Need.ERRORS;
        if (frame.length < offset + Integer.BYTES) {
            verdict = XdpVerdict.STEERED_MALFORMED;
            return;
        }
        verdict = XdpVerdict.STEERED_ICMP_ERROR;
        final int type = u8(offset);
        final int quoted = offset + ICMP_HEADER_LENGTH;
        final boolean ipv4 = family == 4;
        final boolean error = ipv4
            ? type == ICMP_UNREACHABLE || type == ICMP_QUENCH || type == ICMP_EXCEEDED : type < ICMPV6_INFORMATIONAL;
        if (!error) {
            need = Need.NOTHING;
        } else if (frame.length >= quoted + (ipv4 ? IPV4_LENGTH : IPV6_LENGTH)) {
            server(quoted + (ipv4 ? IPV4_DESTINATION : IPV6_DESTINATION));
        }
    }

    private void needSomePort(final XdpVerdict given) {
        verdict = given;
        protocol = isSecured() ? SteeringEntry.IPPROTO_UDP : protocol;
        need = isServed() ? Need.SOME_PORT : Need.NOTHING;
    }

    /** Which protocol it would have been is unknown. */
    private void needSomeProtocol() {
        verdict = XdpVerdict.STEERED_MALFORMED;
        need = Need.SOME_PROTOCOL;
    }

    private void destination(final int offset) {
        destination0 = word(offset, 0);
        destination1 = word(offset, Long.BYTES);
    }

    private void server(final int offset) {
        server0 = word(offset, 0);
        server1 = word(offset, Long.BYTES);
    }

    /** Eight bytes of a 16-byte address field as a native load gives them; an IPv4 address fills the first four. */
    private long word(final int address, final int from) {
        final ByteBuffer bytes = ByteBuffer.wrap(frame).order(ByteOrder.nativeOrder());
        if (family == 6) {
            return bytes.getLong(address + from);
        }
        return from == 0 ? Integer.toUnsignedLong(bytes.getInt(address)) : 0;
    }

    private int u8(final int offset) {
        return frame[offset] & 0xff;
    }

    private int u16(final int offset) {
        return u8(offset) << 8 | u8(offset + 1);
    }
}
