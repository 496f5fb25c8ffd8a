package io.ringvs.forward;

import io.ringvs.packet.EthernetHeader;
import io.ringvs.snapshot.Adjacency;

import org.agrona.UnsafeApi;

/**
 * Puts the Ethernet header of a way before a packet, with the tags of the way's VLAN and no others.
 *
 * <pre>
 *   received   MACs, tags of the VLAN it came from | type | packet
 *   sent             MACs, tags of the VLAN it goes to | type | packet
 *                    ^ packet - Adjacency.linkLength
 * </pre>
 *
 * <p>The packet stays where it is, so the header begins before or behind the received one's first byte when the two
 * have different numbers of tags. A UMEM frame has room before it.
 *
 * <p><b>Threading:</b> static functions; the frame belongs to the caller.
 */
public final class LinkHeader {
    private LinkHeader() {
    }

    /** Writes the header before a packet that stays of the IP version whose type stands before it. */
    public static void replace(final long packet, final Adjacency way) {
        final long header = packet - way.linkLength;
        EthernetHeader.addresses(header, way.macWord, way.macTail);
        if (way.tags != Adjacency.NO_TAGS) {
            tag(header, way);
        }
    }

    /** Writes the header before any packet; {@code type} is one of {@link EthernetHeader}'s constants. */
    public static void write(final long packet, final Adjacency way, final short type) {
        replace(packet, way);
        UnsafeApi.putShort(packet - Short.BYTES, type);
    }

    private static void tag(final long header, final Adjacency way) {
        UnsafeApi.putInt(header + EthernetHeader.TYPE, (int)way.tags);
        if (way.linkLength != EthernetHeader.LENGTH + EthernetHeader.TAG_LENGTH) {
            UnsafeApi.putInt(
                header + EthernetHeader.TYPE + EthernetHeader.TAG_LENGTH, (int)(way.tags >>> Integer.SIZE));
        }
    }
}
