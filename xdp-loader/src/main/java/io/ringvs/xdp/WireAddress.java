package io.ringvs.xdp;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An address as a native load of its 16-byte field gives it; one of IPv4 fills the first four bytes.
 *
 * @param family 4 or 6
 */
public record WireAddress(int family, long word0, long word1) {
    private static final int FIELD_BYTES = 16;

    public WireAddress {
        if (family != 4 && family != 6) {
            throw new IllegalArgumentException("address family " + family + " is neither 4 nor 6");
        }
    }

    /** The address in network order, of 4 or 16 bytes. */
    public static WireAddress of(final InetAddress address) {
        final byte[] bytes = address.getAddress();
        final ByteBuffer field =
            ByteBuffer.allocate(FIELD_BYTES).order(ByteOrder.nativeOrder()).put(bytes).rewind();
        return new WireAddress(bytes.length == Integer.BYTES ? 4 : 6, field.getLong(), field.getLong());
    }
}
