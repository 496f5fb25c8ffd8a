package io.ringvs.host;

import org.agrona.DirectBuffer;

/**
 * Walks over the netlink messages of one datagram; a flyweight over the header of the message it stands at.
 *
 * <pre>
 *   0  length u32 (with header)   4  type u16   6  flags u16   8  sequence u32   12  port id u32   16  body
 * </pre>
 *
 * All fields are in host byte order; a message begins at a multiple of 4 bytes.
 *
 * <p><b>Errors:</b> a length that does not fit ends the walk: nothing outside the datagram is read.
 *
 * <p><b>Source:</b> Linux include/uapi/linux/netlink.h (struct nlmsghdr).
 */
final class NetlinkMessage {
    static final int LENGTH = 0;
    static final int TYPE = 4;
    static final int FLAGS = 6;
    static final int SEQUENCE = 8;
    static final int PORT_ID = 12;
    static final int HEADER_LENGTH = 16;
    static final int ALIGNMENT = 4;

    static final int TYPE_ERROR = 2;
    static final int TYPE_DONE = 3;

    static final int FLAG_REQUEST = 0x1;
    static final int FLAG_ACK = 0x4;
    /** The kernel's tables changed while they were dumped: the dump may lack or repeat entries. */
    static final int FLAG_DUMP_INTERRUPTED = 0x10;
    static final int FLAG_DUMP = 0x300;
    static final int FLAG_REPLACE = 0x100;
    static final int FLAG_CREATE = 0x400;
    static final int FLAG_APPEND = 0x800;

    private DirectBuffer buffer;
    private int offset;
    private int end;
    private int next;
    private int limit;

    /** Stands before the first message of a datagram. */
    NetlinkMessage wrap(final DirectBuffer datagram, final int datagramOffset, final int datagramLength) {
        buffer = datagram;
        offset = datagramOffset;
        end = datagramOffset;
        next = datagramOffset;
        limit = datagramOffset + datagramLength;
        return this;
    }

    /** Goes to the next message; false if there is no whole one. */
    boolean next() {
        if (limit - next < HEADER_LENGTH) {
            return false;
        }
        final int length = buffer.getInt(next + LENGTH);
        if (length < HEADER_LENGTH || length > limit - next) {
            next = limit;
            return false;
        }
        offset = next;
        end = offset + length;
        next = Math.min(limit, offset + align(length));
        return true;
    }

    int type() {
        return buffer.getShort(offset + TYPE) & 0xffff;
    }

    int flags() {
        return buffer.getShort(offset + FLAGS) & 0xffff;
    }

    boolean hasFlag(final int flag) {
        return (flags() & flag) != 0;
    }

    int sequence() {
        return buffer.getInt(offset + SEQUENCE);
    }

    DirectBuffer buffer() {
        return buffer;
    }

    int bodyOffset() {
        return offset + HEADER_LENGTH;
    }

    int bodyLength() {
        return end - bodyOffset();
    }

    /** Where the message ends. */
    int end() {
        return end;
    }

    /** Of an error message: 0 (an acknowledgement) or the positive error number. */
    int errno() {
        return bodyLength() < Integer.BYTES ? 0 : -buffer.getInt(bodyOffset());
    }

    static int align(final int length) {
        return length + ALIGNMENT - 1 & -ALIGNMENT;
    }
}
