package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * Offsets and constants of the Ethernet header, read at a raw pointer.
 *
 * <pre>
 *   0  destination MAC, 6 bytes     6  source MAC, 6 bytes     12  type u16, or a tag: type u16, control u16, and again
 * </pre>
 *
 * <p>All fields are in network byte order; the TYPE_ constants are what a native little-endian load of the field gives.
 *
 * <p><b>Source</b>: IEEE 802.3, 802.1Q and 802.1ad; type numbers from IANA.
 */
public final class EthernetHeader {
    public static final int DESTINATION = 0;
    public static final int SOURCE = 6;
    public static final int TYPE = 12;
    /** Bytes of the header without tags. */
    public static final int LENGTH = 14;
    /** Bytes of one VLAN tag. */
    public static final int TAG_LENGTH = 4;

    public static final short TYPE_IPV4 = 0x0008;
    public static final short TYPE_IPV6 = (short)0xdd86;
    public static final short TYPE_VLAN = 0x0081;
    public static final short TYPE_PROVIDER_VLAN = (short)0xa888;

    private static final int GROUP_BIT = 0x01;
    /** Of a tag as natively loaded: all but priority and drop-eligible bits, and the VLAN number. */
    private static final int TAG_WITHOUT_PRIORITY = 0xff0f_ffff;
    private static final int VLAN_NUMBER = 0xff0f_0000;

    private EthernetHeader() {
    }

    /** The type field at a pointer to it (the header's own or the one behind a tag), natively loaded. */
    public static short type(final long typePointer) {
        return UnsafeApi.getShort(typePointer);
    }

    /** Whether a type says that a VLAN tag follows. */
    public static boolean isTag(final short type) {
        return type == TYPE_VLAN || type == TYPE_PROVIDER_VLAN;
    }

    /**
     * The VLAN that a frame is of.
     *
     * @param count tags that it has, 0 to 2
     * @return its tags of 4 bytes as natively loaded, the outer one first, without priority bits and without tags that
     *         tell only a priority; 0 for none
     */
    public static long vlan(final long header, final int count) {
        long vlan = 0;
        int shift = 0;
        for (int i = 0; i < count; i++) {
            final int tag = UnsafeApi.getInt(header + TYPE + (long)i * TAG_LENGTH) & TAG_WITHOUT_PRIORITY;
            if ((tag & VLAN_NUMBER) != 0) {
                vlan |= Integer.toUnsignedLong(tag) << shift;
                shift += Integer.SIZE;
            }
        }
        return vlan;
    }

    /** Whether the frame is for more than one host. */
    public static boolean isGroup(final long header) {
        return (UnsafeApi.getByte(header + DESTINATION) & GROUP_BIT) != 0;
    }

    /** Whether the frame claims to come from more than one host. */
    public static boolean isFromGroup(final long header) {
        return (UnsafeApi.getByte(header + SOURCE) & GROUP_BIT) != 0;
    }

    /**
     * Writes both addresses.
     *
     * @param macWord bytes 0..7 of the header as a native load gives them
     * @param macTail bytes 8..11 likewise
     */
    public static void addresses(final long header, final long macWord, final int macTail) {
        UnsafeApi.putLong(header + DESTINATION, macWord);
        UnsafeApi.putInt(header + DESTINATION + Long.BYTES, macTail);
    }

    /**
     * Writes a header without tags.
     *
     * @param type one of the TYPE_ constants
     */
    public static void write(final long header, final long macWord, final int macTail, final short type) {
        addresses(header, macWord, macTail);
        UnsafeApi.putShort(header + TYPE, type);
    }
}
