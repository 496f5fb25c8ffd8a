package io.ringvs.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * An Ethernet address.
 *
 * <p>{@link #word()} holds its six bytes as the first six of eight that a native load of the frame gives; the rest is
 * 0.
 *
 * <p><b>Threading:</b> immutable.
 */
public record MacAddress(long word) {
    /** Bytes of an Ethernet address. */
    public static final int LENGTH = 6;

    /** The address of six bytes in frame order. */
    public static MacAddress of(final byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("an Ethernet address has 6 bytes, not " + bytes.length);
        }
        return new MacAddress(ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).put(bytes).getLong(0));
    }

    /** The six bytes in frame order. */
    public byte[] bytes() {
        final byte[] bytes = new byte[LENGTH];
        ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, word).get(bytes);
        return bytes;
    }

    /** Six hexadecimal pairs with colons, as ip(8) prints it. */
    @Override
    public String toString() {
        return HexFormat.ofDelimiter(":").formatHex(bytes());
    }
}
