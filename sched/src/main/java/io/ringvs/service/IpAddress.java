package io.ringvs.service;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An IPv4 or IPv6 address.
 *
 * <p>{@link #word0()} and {@link #word1()} are its <em>wire words</em>: the two 8-byte words that a native load of
 * the 16-byte address field gives, the field holding the address in network order. An IPv4 address fills the first four
 * bytes, so its word 0 is zero-extended and its word 1 is 0. Packets are parsed into the same words, so that lookups
 * compare longs and never swap bytes.
 *
 * <p><b>Threading:</b> immutable.
 */
public final class IpAddress {
    /** 2^64 by the golden ratio: spreads what it multiplies over the upper bits. */
    private static final long GOLDEN_RATIO = 0x9e37_79b9_7f4a_7c15L;

    private final Family family;
    private final long word0;
    private final long word1;

    private IpAddress(final Family family, final long word0, final long word1) {
        this.family = family;
        this.word0 = word0;
        this.word1 = word1;
    }

    /** The address in network order: 4 bytes for IPv4, 16 for IPv6. */
    public static IpAddress of(final byte[] networkOrder) {
        if (networkOrder.length != 4 && networkOrder.length != 16) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + networkOrder.length);
        }
        final ByteBuffer field = ByteBuffer.wrap(Arrays.copyOf(networkOrder, 16)).order(ByteOrder.nativeOrder());
        return new IpAddress(
            networkOrder.length == 4 ? Family.IPV4 : Family.IPV6, field.getLong(0), field.getLong(8));
    }

    public static IpAddress ofWords(final Family family, final long word0, final long word1) {
        return new IpAddress(family, word0, word1);
    }

    /**
     * Parses a numeric address as inet_pton(3) does ("192.0.2.1", "2001:db8::1"); never asks a name server.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public static IpAddress parse(final String text) {
        final byte[] parsed = text.indexOf(':') >= 0 ? ipv6(text) : dottedQuad(text);
        if (parsed == null) {
            throw new IllegalArgumentException("'" + text + "' is not a numeric IPv4 or IPv6 address");
        }
        // the JDK folds ::ffff:a.b.c.d into four bytes; the text said IPv6
        return text.indexOf(':') >= 0 && parsed.length == 4 ? mapped(parsed) : of(parsed);
    }

    private static byte[] dottedQuad(final String text) {
        final String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return null;
        }
        final byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            // no leading zeros: some read them as octal
            if (!parts[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[i]) > 255) {
                return null;
            }
            bytes[i] = (byte) Integer.parseInt(parts[i]);
        }
        return bytes;
    }

    private static byte[] ipv6(final String text) {
        // nothing that the JDK takes beside the address itself: brackets, a zone
        if (!text.matches("[0-9a-fA-F:.]+")) {
            return null;
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (final UnknownHostException e) {
            return null;
        }
    }

    private static IpAddress mapped(final byte[] ipv4) {
        final byte[] bytes = new byte[16];
        bytes[10] = (byte) 0xff;
        bytes[11] = (byte) 0xff;
        System.arraycopy(ipv4, 0, bytes, 12, 4);
        return of(bytes);
    }

    public Family family() {
        return family;
    }

    /** First wire word: bytes 0..7 of the 16-byte field, as a native load gives them. */
    public long word0() {
        return word0;
    }

    /** Second wire word: bytes 8..15 of the 16-byte field. */
    public long word1() {
        return word1;
    }

    /** The address in network order: 4 or 16 bytes. */
    public byte[] bytes() {
        final ByteBuffer field = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
        field.putLong(0, word0).putLong(8, word1);
        return Arrays.copyOf(field.array(), family.addressLength());
    }

    /** Big-endian 32-bit word {@code index} (0..3) of the address; an IPv4 address has word 0 only. */
    public int bigEndianWord(final int index) {
        final byte[] bytes = bytes();
        return index * 4 < bytes.length ? ByteBuffer.wrap(bytes).getInt(index * 4) : 0;
    }

    /** Whether it is a multicast address: 224.0.0.0/4 or ff00::/8. */
    public boolean isMulticast() {
        final int first = bytes()[0] & 0xff;
        return family == Family.IPV4 ? first >> 4 == 0xe : first == 0xff;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof IpAddress that
            && family == that.family && word0 == that.word0 && word1 == that.word1;
    }

    @Override
    public int hashCode() {
        // the words differ in their upper bits, where the last bytes of an address are, and tables look at the lower ones
        return (int)((word0 + word1 * 31) * GOLDEN_RATIO >>> Integer.SIZE);
    }

    /** Numeric text as inet_ntop(3) writes it: dotted quad, or RFC 5952 compressed lower case. */
    @Override
    public String toString() {
        return AddressText.of(this);
    }
}
