package io.ringvs.host;

import java.util.function.IntFunction;

import io.ringvs.snapshot.Adjacency;

/**
 * How frames leave by a link: a VLAN's through the interface below it, with the VLAN's tag.
 *
 * <pre>
 *   eth1.100.7   VLAN 7, 802.1Q     tag 8100 0007
 *   eth1.100     VLAN 100, 802.1ad  tag 88a8 0064
 *   eth1                            frame: MACs, 88a8 0064, 8100 0007, type, packet
 * </pre>
 *
 * @param interfaceIndex of the interface below all VLANs
 * @param tags           up to two tags, see {@link Adjacency#tags}; without priority bits
 */
record Egress(int interfaceIndex, long tags) {
    private static final int MAX_TAGS = 2;

    /** Of a link; null if it stands on more VLANs than two, or on nothing in this namespace that carries frames. */
    static Egress of(final Link link, final IntFunction<Link> links) {
        Link below = link;
        long tags = Adjacency.NO_TAGS;
        for (int count = 0; below != null && below.isVlan(); count++) {
            if (count == MAX_TAGS) {
                return null;
            }
            // the lower VLAN's tag stands before the upper one's
            tags = tags << Integer.SIZE | tag(below);
            below = links.apply(below.parentIndex());
        }
        return below == null || !below.isEthernet() ? null : new Egress(below.index(), tags);
    }

    /** Type and number as a native load of the tag gives them. */
    private static long tag(final Link vlan) {
        return Short.toUnsignedLong(Short.reverseBytes((short)vlan.vlanProtocol()))
            | Short.toUnsignedLong(Short.reverseBytes((short)vlan.vlanId())) << Short.SIZE;
    }
}
