package io.ringvs.netlink;

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
public final class NetlinkMessage {
    public static final int LENGTH = 0;
    public static final int TYPE = 4;
    public static final int FLAGS = 6;
    public static final int SEQUENCE = 8;
    public static final int PORT_ID = 12;
    public static final int HEADER_LENGTH = 16;
    public static final int ALIGNMENT = 4;

    public static final int TYPE_ERROR = 2;
    public static final int TYPE_DONE = 3;

    public static final int FLAG_REQUEST = 0x1;
    /** One of several messages that answer a dump; the last is {@link #TYPE_DONE}. */
    public static final int FLAG_MULTI = 0x2;
    public static final int FLAG_ACK = 0x4;
    /** The kernel's tables changed while they were dumped: the dump may lack or repeat entries. */
    public static final int FLAG_DUMP_INTERRUPTED = 0x10;
    public static final int FLAG_DUMP = 0x300;
    /** Of an acknowledgement: it carries the request's header only. */
    public static final int FLAG_CAPPED = 0x100;
    public static final int FLAG_REPLACE = 0x100;
    public static final int FLAG_CREATE = 0x400;
    public static final int FLAG_APPEND = 0x800;

    private DirectBuffer buffer;
    private int offset;
    private int end;
    private int next;
    private int limit;

    /** Stands before the first message of a datagram. */
    public NetlinkMessage wrap(final DirectBuffer datagram, final int datagramOffset, final int datagramLength) {
        buffer = datagram;
        offset = datagramOffset;
        end = datagramOffset;
        next = datagramOffset;
        limit = datagramOffset + datagramLength;
        return this;
    }

    /** Goes to the next message; false if there is no whole one. */
    public boolean next() {
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

    public int type() {
        return buffer.getShort(offset + TYPE) & 0xffff;
    }

    public int flags() {
        return buffer.getShort(offset + FLAGS) & 0xffff;
    }

    public boolean hasFlag(final int flag) {
        return (flags() & flag) != 0;
    }

    public int sequence() {
        return buffer.getInt(offset + SEQUENCE);
    }

    public int portId() {
        return buffer.getInt(offset + PORT_ID);
    }

    public DirectBuffer buffer() {
        return buffer;
    }

    /** Where the message begins. */
    public int offset() {
        return offset;
    }

    public int bodyOffset() {
        return offset + HEADER_LENGTH;
    }

    public int bodyLength() {
        return end - bodyOffset();
    }

    /** Where the message ends. */
    public int end() {
        return end;
    }

    /** Of an error message: 0 (an acknowledgement) or the positive error number. */
    public int errno() {
        return bodyLength() < Integer.BYTES ? 0 : -buffer.getInt(bodyOffset());
    }

    public static int align(final int length) {
        return length + ALIGNMENT - 1 & -ALIGNMENT;
    }
}
