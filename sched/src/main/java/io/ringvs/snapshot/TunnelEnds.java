package io.ringvs.snapshot;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;

/**
 * Addresses of the host at which tunnels begin and get ICMP errors about their packets: those of IPv4 that carry IPv4,
 * as Linux knows no others.
 *
 * <p><b>Threading:</b> control thread.
 */
final class TunnelEnds {
    /** How many destinations' tunnels begin at an address. */
    private final Map<IpAddress, Integer> tunnels = new HashMap<>();
    private Set<IpAddress> addresses = Set.of();

    void add(final Destination destination) {
        if (isTunnel(destination)) {
            tunnels.merge(destination.adjacency.source, 1, Integer::sum);
        }
    }

    void remove(final Destination destination) {
        if (isTunnel(destination)) {
            tunnels.merge(destination.adjacency.source, -1, (count, less) -> count == 1 ? null : count + less);
        }
    }

    /** They as they are now; the same object as long as they stay the same. */
    Set<IpAddress> addresses() {
        if (!addresses.equals(tunnels.keySet())) {
            addresses = Set.copyOf(tunnels.keySet());
        }
        return addresses;
    }

    private static boolean isTunnel(final Destination destination) {
        final IpAddress source = destination.adjacency.source;
        return destination.realServer.config().method() == ForwardingMethod.TUNNEL
            && destination.service.config.key().family() == Family.IPV4
            && source != null && source.family() == Family.IPV4;
    }
}
