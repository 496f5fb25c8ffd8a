package io.ringvs.host;

import java.util.HashSet;
import java.util.Set;

import io.ringvs.host.RouteLookup.Outcome;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;

/**
 * Makes {@link ClientWays} of the host's routes and neighbours: a way for each prefix that is routed to a gateway or is
 * the host's own, and one for each neighbour on a connected network.
 *
 * <p>All clients of a multipath route go by one of its next hops, the one that {@link RouteSelection} gives the prefix.
 *
 * <p><b>Threading:</b> control thread only.
 */
final class ClientWayCompiler {
    private final HostState state;
    private final RouteSelection selection;
    private final ClientWays.Builder builder = new ClientWays.Builder();
    private final Set<Neighbour.Key> neighbours = new HashSet<>();

    ClientWayCompiler(final HostState state, final RouteSelection selection) {
        this.state = state;
        this.selection = selection;
    }

    ClientWays compile() {
        for (final Family family : Family.values()) {
            final RouteTable main = state.routes().main(family);
            final RouteTable local = state.routes().local(family);
            main.forEachPrefix((prefix, length) -> {
                if (!local.covers(prefix, length)) {
                    add(prefix, length, main);
                }
            });
        }
        for (final Neighbour neighbour : state.neighbours()) {
            addNeighbour(neighbour);
        }
        // last, in place of a neighbour's or the main table's: the kernel looks here first
        for (final Family family : Family.values()) {
            final RouteTable local = state.routes().local(family);
            local.forEachPrefix((prefix, length) -> add(prefix, length, local));
        }
        return builder.build();
    }

    /** Gateways and neighbours that the compiled ways lead to. */
    Set<Neighbour.Key> neighbourKeys() {
        return neighbours;
    }

    private void add(final IpAddress prefix, final int length, final RouteTable table) {
        final Route route = table.firstOf(prefix, length, selection::isFit);
        if (route == null) {
            return;
        }
        final RouteLookup way = selection.by(prefix, route);
        if (way.outcome() != Outcome.FORWARD) {
            builder.add(prefix, length, Adjacencies.without(way));
            return;
        }
        final Neighbour.Key gateway = new Neighbour.Key(way.interfaceIndex(), way.nextHop());
        final boolean onLink = way.nextHop().equals(prefix);
        if (!onLink) {
            neighbours.add(gateway);
        }
        builder.add(prefix, length, adjacency(way, onLink ? null : state.neighbour(gateway)));
    }

    private void addNeighbour(final Neighbour neighbour) {
        final IpAddress address = neighbour.key().address();
        if (!neighbour.isUsable()) {
            return;
        }
        final RouteLookup way = selection.lookup(address);
        if (way.outcome() == Outcome.FORWARD && way.nextHop().equals(address)
            && way.interfaceIndex() == neighbour.key().interfaceIndex()) {
            neighbours.add(neighbour.key());
            builder.add(address, address.family().hostPrefixLength(), adjacency(way, neighbour));
        }
    }

    private Adjacency adjacency(final RouteLookup way, final Neighbour neighbour) {
        final Link link = state.link(way.interfaceIndex());
        return Adjacencies.of(way, link, state.egress(link), neighbour);
    }
}
