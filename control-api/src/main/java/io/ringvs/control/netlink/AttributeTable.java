package io.ringvs.control.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import io.ringvs.linux.Errno;
import io.ringvs.netlink.NetlinkMessage;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

import org.agrona.DirectBuffer;

/**
 * The attributes of a request or of a nest, by number; of two with one number the last counts.
 *
 * <pre>
 *   0  length u16 (with these 4 bytes)   2  type u16 (the upper two bits are flags)   4  value, padded to 4 bytes
 * </pre>
 *
 * <p>An attribute whose length does not fit ends the run, and is absent with all that follow it.
 *
 * <p><b>Source:</b> Linux include/uapi/linux/netlink.h (struct nlattr); __nla_parse() of {@code lib/nlattr.c}.
 */
final class AttributeTable {
    static final int HEADER_LENGTH = 4;
    static final int TYPE_OFFSET = 2;
    private static final int TYPE_MASK = 0x3fff;

    private final Map<Integer, Value> byNumber = new HashMap<>();

    private AttributeTable() {
    }

    /**
     * Reads the attributes that lie in [{@code start}, {@code end}).
     *
     * @throws NetlinkRefusal when one does not keep to the policy
     */
    static AttributeTable parse(
        final DirectBuffer buffer, final int start, final int end, final AttributePolicy policy)
        throws NetlinkRefusal {
        final AttributeTable table = new AttributeTable();
        int offset = start;
        while (end - offset >= HEADER_LENGTH) {
            final int length = buffer.getShort(offset) & 0xffff;
            if (length < HEADER_LENGTH || length > end - offset) {
                break;
            }
            final int number = buffer.getShort(offset + TYPE_OFFSET) & TYPE_MASK;
            if (policy.knows(number)) {
                final Value value = new Value(buffer, offset + HEADER_LENGTH, length - HEADER_LENGTH);
                policy.check(number, value);
                table.byNumber.put(number, value);
            }
            offset += NetlinkMessage.align(length);
        }
        return table;
    }

    /** The attributes inside a nest; a nest that is absent or that does not keep to the policy is invalid. */
    AttributeTable nested(final int number, final AttributePolicy policy) throws NetlinkRefusal {
        require(number);
        final Value nest = byNumber.get(number);
        try {
            return parse(nest.buffer, nest.offset, nest.offset + nest.length, policy);
        } catch (final NetlinkRefusal anyFault) {
            throw new NetlinkRefusal(Errno.EINVAL);
        }
    }

    boolean has(final int number) {
        return byNumber.containsKey(number);
    }

    /** Refuses the request as invalid unless all these are there. */
    void require(final int... numbers) throws NetlinkRefusal {
        if (!Arrays.stream(numbers).allMatch(this::has)) {
            throw new NetlinkRefusal(Errno.EINVAL);
        }
    }

    /** A byte, 0 if absent. */
    int u8(final int number) {
        final Value value = byNumber.get(number);
        return value == null ? 0 : value.buffer.getByte(value.offset) & 0xff;
    }

    /** 16 bits, 0 if absent. */
    int u16(final int number) {
        return u16(number, ByteOrder.nativeOrder());
    }

    /** 16 bits that lie in network order, 0 if absent. */
    int be16(final int number) {
        return u16(number, ByteOrder.BIG_ENDIAN);
    }

    /** 32 bits, 0 if absent. */
    int u32(final int number) {
        return u32(number, ByteOrder.nativeOrder());
    }

    /** 32 bits that lie in network order, 0 if absent. */
    int be32(final int number) {
        return u32(number, ByteOrder.BIG_ENDIAN);
    }

    /** 32 bits from {@code skip} bytes into a binary value; beyond its end, zeros. */
    int binary32(final int number, final int skip) {
        final byte[] bytes = Arrays.copyOf(byNumber.get(number).bytes(), skip + Integer.BYTES);
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt(skip);
    }

    /** An address at the beginning of a binary value; beyond its end, zeros. */
    IpAddress address(final int number, final Family family) {
        return IpAddress.of(Arrays.copyOf(byNumber.get(number).bytes(), family.addressLength()));
    }

    /** Text, bytes as characters; null if absent. */
    String text(final int number) {
        final Value value = byNumber.get(number);
        return value == null ? null : value.text();
    }

    private int u16(final int number, final ByteOrder order) {
        final Value value = byNumber.get(number);
        return value == null ? 0 : value.buffer.getShort(value.offset, order) & 0xffff;
    }

    private int u32(final int number, final ByteOrder order) {
        final Value value = byNumber.get(number);
        return value == null ? 0 : value.buffer.getInt(value.offset, order);
    }

    /** Where the value of an attribute lies. */
    record Value(DirectBuffer buffer, int offset, int length) {
        /** Bytes before the first 0 within the first {@code limit} bytes, or -1 if there is none. */
        int textLength(final int limit) {
            for (int i = 0; i < Math.min(length, limit); i++) {
                if (buffer.getByte(offset + i) == 0) {
                    return i;
                }
            }
            return -1;
        }

        boolean endsInZero() {
            return length > 0 && buffer.getByte(offset + length - 1) == 0;
        }

        String text() {
            return new String(bytes(), 0, textLength(length), StandardCharsets.ISO_8859_1);
        }

        byte[] bytes() {
            final byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            return bytes;
        }
    }
}
