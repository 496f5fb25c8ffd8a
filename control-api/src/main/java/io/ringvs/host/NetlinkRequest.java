package io.ringvs.host;

import io.ringvs.netlink.NetlinkMessage;
import io.ringvs.service.IpAddress;
import org.agrona.MutableDirectBuffer;

/**
 * Writes one netlink message: header, fixed body, attributes.
 *
 * <p>Fields lie as {@link NetlinkMessage} and {@link RouteAttributes} read them. The length field is kept right after
 * each part, so the message is complete at any time.
 */
final class NetlinkRequest {
    private final MutableDirectBuffer buffer;
    private int length;

    NetlinkRequest(final MutableDirectBuffer buffer) {
        this.buffer = buffer;
    }

    /** Begins a message with a zeroed body whose first byte is the address family. */
    NetlinkRequest begin(final int type, final int flags, final int sequence, final int bodyLength, final int family) {
        length = NetlinkMessage.HEADER_LENGTH + bodyLength;
        buffer.setMemory(0, length, (byte) 0);
        buffer.putInt(NetlinkMessage.LENGTH, length);
        buffer.putShort(NetlinkMessage.TYPE, (short) type);
        buffer.putShort(NetlinkMessage.FLAGS, (short) flags);
        buffer.putInt(NetlinkMessage.SEQUENCE, sequence);
        buffer.putByte(NetlinkMessage.HEADER_LENGTH, (byte) family);
        return this;
    }

    NetlinkRequest bodyByte(final int offset, final int value) {
        buffer.putByte(NetlinkMessage.HEADER_LENGTH + offset, (byte) value);
        return this;
    }

    NetlinkRequest bodyShort(final int offset, final int value) {
        buffer.putShort(NetlinkMessage.HEADER_LENGTH + offset, (short) value);
        return this;
    }

    NetlinkRequest bodyInt(final int offset, final int value) {
        buffer.putInt(NetlinkMessage.HEADER_LENGTH + offset, value);
        return this;
    }

    NetlinkRequest attribute(final int type, final byte[] value) {
        final int start = NetlinkMessage.align(length);
        final int attributeLength = RouteAttributes.HEADER_LENGTH + value.length;
        buffer.setMemory(length, start + NetlinkMessage.align(attributeLength) - length, (byte) 0);
        buffer.putShort(start + RouteAttributes.LENGTH, (short) attributeLength);
        buffer.putShort(start + RouteAttributes.TYPE, (short) type);
        buffer.putBytes(start + RouteAttributes.HEADER_LENGTH, value);
        length = start + NetlinkMessage.align(attributeLength);
        buffer.putInt(NetlinkMessage.LENGTH, length);
        return this;
    }

    NetlinkRequest attribute(final int type, final IpAddress address) {
        return attribute(type, address.bytes());
    }

    long address() {
        return buffer.addressOffset();
    }

    int length() {
        return length;
    }
}
