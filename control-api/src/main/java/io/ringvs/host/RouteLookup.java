package io.ringvs.host;

import io.ringvs.service.IpAddress;

/**
 * The way that a packet of this host to some destination would take.
 *
 * @param interfaceIndex interface to leave by; 0 where there is none
 * @param nextHop        neighbour to send to: the gateway, or the destination itself where it is on the link; its
 *                       family may differ from the destination's; null where there is no interface
 * @param source         address of this host that packets of its own would carry; null if it has none of the family
 * @param mtu            largest packet in bytes; 0 where there is no interface
 */
public record RouteLookup(Outcome outcome, int interfaceIndex, IpAddress nextHop, IpAddress source, int mtu) {
    /** What the kernel's tables say of a destination. */
    public enum Outcome {
        FORWARD("is reachable"),
        LOCAL("is an address of this host"),
        NO_ROUTE("has no route"),
        REJECTED("has a route of type unreachable, prohibit or blackhole"),
        NOT_UNICAST("is a broadcast or multicast address"),
        LINK_DOWN("is routed to an interface without carrier"),
        NOT_ETHERNET("is routed to an interface that carries no Ethernet frames"),
        VLAN("is routed to a VLAN interface that has more than two tags, or stands on no Ethernet interface here"),
        ENCAPSULATED("has a route that encapsulates packets, which RingVS does not");

        private final String sentence;

        Outcome(final String sentence) {
            this.sentence = sentence;
        }

        /** What to tell an operator, after the destination's address. */
        public String sentence() {
            return sentence;
        }
    }

    static RouteLookup nowhere(final Outcome outcome) {
        return new RouteLookup(outcome, 0, null, null, 0);
    }
}
