package io.ringvs.service;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A mask over an address, as wire words: what is left of an address is one AND per word.
 *
 * <p><b>Threading:</b> immutable.
 */
public final class AddressMask {
    /** Wire words of the mask; see {@link IpAddress}. */
    public final long word0;
    public final long word1;

    private AddressMask(final long word0, final long word1) {
        this.word0 = word0;
        this.word1 = word1;
    }

    /**
     * The mask of a persistent service, of any shape for IPv4: Linux does not ask for leading ones.
     *
     * @param netmask IPv4: mask in host order; IPv6: prefix length
     */
    public static AddressMask ofNetmask(final Family family, final int netmask) {
        return family == Family.IPV4
            ? new AddressMask(Integer.reverseBytes(netmask) & 0xffff_ffffL, 0) : ofPrefix(family, netmask);
    }

    /** @param length in bits, from 0 to that of an address; more counts as that of an address */
    public static AddressMask ofPrefix(final Family family, final int length) {
        final byte[] bytes = new byte[2 * Long.BYTES];
        final int bits = Math.max(0, Math.min(length, family.hostPrefixLength()));
        for (int bit = 0; bit < bits; bit++) {
            bytes[bit >>> 3] |= (byte) (0x80 >>> (bit & 7));
        }
        final ByteBuffer field = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        return new AddressMask(field.getLong(0), field.getLong(Long.BYTES));
    }
}
