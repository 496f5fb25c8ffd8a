package io.ringvs.control.netlink;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.ringvs.netlink.NetlinkMessage;
import io.ringvs.service.IpAddress;

import org.agrona.ExpandableArrayBuffer;

/**
 * Writes the messages that answer requests, one after the other.
 *
 * <p>Each has netlink's header as {@link NetlinkMessage} reads it, then a body; that of a generic one begins with
 *
 * <pre>
 *   0  command u8   1  version u8   2  0 u16   4  attributes
 * </pre>
 */
final class AnswerWriter {
    /** Length of a generic message's own header. */
    static final int GENERIC_HEADER_LENGTH = 4;
    private static final int ADDRESS_LENGTH = 16;
    private static final int HEADER_LENGTH = NetlinkMessage.HEADER_LENGTH;

    private final int portId;
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(1 << 10);
    private int start;
    private int length;

    /** @param portId the socket that asked: answers are addressed to it */
    AnswerWriter(final int portId) {
        this.portId = portId;
    }

    /** Begins the answer to {@code request}, of its family. */
    void begin(final NetlinkMessage request, final int flags, final int command, final int version) {
        header(request.type(), flags, request.sequence());
        buffer.putByte(length, (byte) command);
        buffer.putByte(length + 1, (byte) version);
        buffer.putShort(length + 2, (short) 0);
        length += GENERIC_HEADER_LENGTH;
    }

    /** Ends what {@link #begin} began. */
    void end() {
        buffer.putInt(start + NetlinkMessage.LENGTH, length - start);
    }

    /** The last message of a dump. */
    void done(final NetlinkMessage request) {
        header(NetlinkMessage.TYPE_DONE, NetlinkMessage.FLAG_MULTI, request.sequence());
        putInt(0);
        end();
    }

    /** Says that the request was carried out: with its header. */
    void acknowledge(final NetlinkMessage request) {
        header(NetlinkMessage.TYPE_ERROR, NetlinkMessage.FLAG_CAPPED, request.sequence());
        putInt(0);
        putCopy(request, HEADER_LENGTH);
        end();
    }

    /** Says why it was not: with all of it. */
    void refuse(final NetlinkMessage request, final int errno) {
        header(NetlinkMessage.TYPE_ERROR, 0, request.sequence());
        putInt(-errno);
        putCopy(request, request.end() - request.offset());
        end();
    }

    void u8(final int number, final int value) {
        attribute(number, Byte.BYTES);
        buffer.putByte(length, (byte) value);
        finish(Byte.BYTES);
    }

    void u16(final int number, final int value) {
        attribute(number, Short.BYTES);
        buffer.putShort(length, (short) value);
        finish(Short.BYTES);
    }

    /** 16 bits in network order. */
    void be16(final int number, final int value) {
        attribute(number, Short.BYTES);
        buffer.putShort(length, (short) value, ByteOrder.BIG_ENDIAN);
        finish(Short.BYTES);
    }

    void u32(final int number, final int value) {
        attribute(number, Integer.BYTES);
        putInt(value);
    }

    /** 32 bits in network order. */
    void be32(final int number, final int value) {
        attribute(number, Integer.BYTES);
        buffer.putInt(length, value, ByteOrder.BIG_ENDIAN);
        length += Integer.BYTES;
    }

    /** 64 bits at a multiple of 4 bytes: on these machines the kernel does not pad them to 8. */
    void u64(final int number, final long value) {
        attribute(number, Long.BYTES);
        buffer.putLong(length, value);
        length += Long.BYTES;
    }

    /** A field of 16 bytes, whatever the family. */
    void address(final int number, final IpAddress address) {
        attribute(number, ADDRESS_LENGTH);
        buffer.putBytes(length, Arrays.copyOf(address.bytes(), ADDRESS_LENGTH));
        length += ADDRESS_LENGTH;
    }

    void text(final int number, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        attribute(number, bytes.length + 1);
        buffer.putBytes(length, bytes);
        buffer.putByte(length + bytes.length, (byte) 0);
        finish(bytes.length + 1);
    }

    /** Two words: those of the FLAGS of a service. */
    void words(final int number, final int first, final int second) {
        attribute(number, 2 * Integer.BYTES);
        putInt(first);
        putInt(second);
    }

    /** Begins a nest and tells where, for {@link #endNest}. */
    int beginNest(final int number) {
        final int nest = length;
        attribute(number, 0);
        return nest;
    }

    void endNest(final int nest) {
        buffer.putShort(nest, (short) (length - nest));
    }

    /** What was written since the last call, bytes as characters. */
    String take() {
        final String taken = new String(buffer.byteArray(), 0, length, StandardCharsets.ISO_8859_1);
        length = 0;
        return taken;
    }

    int length() {
        return length;
    }

    private void header(final int type, final int flags, final int sequence) {
        start = length;
        buffer.putShort(start + NetlinkMessage.TYPE, (short) type);
        buffer.putShort(start + NetlinkMessage.FLAGS, (short) flags);
        buffer.putInt(start + NetlinkMessage.SEQUENCE, sequence);
        buffer.putInt(start + NetlinkMessage.PORT_ID, portId);
        length += HEADER_LENGTH;
    }

    private void putInt(final int value) {
        buffer.putInt(length, value);
        length += Integer.BYTES;
    }

    private void putCopy(final NetlinkMessage request, final int bytes) {
        buffer.putBytes(length, request.buffer(), request.offset(), bytes);
        finish(bytes);
    }

    private void attribute(final int number, final int valueLength) {
        buffer.putShort(length, (short) (AttributeTable.HEADER_LENGTH + valueLength));
        buffer.putShort(length + AttributeTable.TYPE_OFFSET, (short) number);
        length += AttributeTable.HEADER_LENGTH;
    }

    /** Counts a value in, and zeroes what pads it. */
    private void finish(final int valueLength) {
        final int padded = NetlinkMessage.align(valueLength);
        buffer.setMemory(length + valueLength, padded - valueLength, (byte) 0);
        length += padded;
    }
}
