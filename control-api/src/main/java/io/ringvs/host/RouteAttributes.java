package io.ringvs.host;

import java.nio.charset.StandardCharsets;

import io.ringvs.netlink.NetlinkMessage;
import io.ringvs.service.IpAddress;
import org.agrona.DirectBuffer;

/**
 * Walks over a run of route attributes; a flyweight over the one it stands at.
 *
 * <pre>
 *   0  length u16 (with these 4 bytes)   2  type u16 (upper two bits: nested, network byte order)   4  value
 * </pre>
 *
 * Length and type are in host byte order; an attribute begins at a multiple of 4 bytes from the first.
 *
 * <p><b>Errors:</b> a length that does not fit ends the walk. A value of a length other than expected reads as absent
 * (null or 0): nothing outside the attribute is read.
 *
 * <p><b>Source:</b> Linux include/uapi/linux/rtnetlink.h (struct rtattr).
 */
final class RouteAttributes {
    static final int LENGTH = 0;
    static final int TYPE = 2;
    static final int HEADER_LENGTH = 4;

    private static final int TYPE_MASK = 0x3fff;

    private final DirectBuffer buffer;
    private final int limit;
    private int offset;
    private int end;
    private int next;

    RouteAttributes(final DirectBuffer buffer, final int offset, final int limit) {
        this.buffer = buffer;
        this.limit = limit;
        this.next = offset;
    }

    /** Goes to the next attribute; false if there is no whole one. */
    boolean next() {
        if (limit - next < HEADER_LENGTH) {
            return false;
        }
        final int length = buffer.getShort(next + LENGTH) & 0xffff;
        if (length < HEADER_LENGTH || length > limit - next) {
            next = limit;
            return false;
        }
        offset = next;
        end = offset + length;
        next = Math.min(limit, offset + NetlinkMessage.align(length));
        return true;
    }

    int type() {
        return buffer.getShort(offset + TYPE) & TYPE_MASK;
    }

    int valueOffset() {
        return offset + HEADER_LENGTH;
    }

    int valueLength() {
        return end - valueOffset();
    }

    DirectBuffer buffer() {
        return buffer;
    }

    int intValue() {
        return valueLength() < Integer.BYTES ? 0 : buffer.getInt(valueOffset());
    }

    int shortValue() {
        return valueLength() < Short.BYTES ? 0 : buffer.getShort(valueOffset()) & 0xffff;
    }

    /** A 16-bit value that lies in network byte order. */
    int networkShortValue() {
        return valueLength() < Short.BYTES ? 0 : Short.reverseBytes((short) shortValue()) & 0xffff;
    }

    /** An address of 4 or 16 bytes, else null. */
    IpAddress address() {
        return address(0);
    }

    /** An address that begins {@code skip} bytes into the value. */
    IpAddress address(final int skip) {
        final int length = valueLength() - skip;
        return length == 4 || length == 16 ? IpAddress.of(bytes(skip, length)) : null;
    }

    /** An Ethernet address, else null. */
    MacAddress mac() {
        return valueLength() == MacAddress.LENGTH ? MacAddress.of(bytes(0, MacAddress.LENGTH)) : null;
    }

    /** Text up to its zero byte or the end of the value. */
    String text() {
        final byte[] bytes = bytes(0, valueLength());
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    RouteAttributes nested() {
        return new RouteAttributes(buffer, valueOffset(), end);
    }

    private byte[] bytes(final int skip, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(valueOffset() + skip, bytes);
        return bytes;
    }
}
