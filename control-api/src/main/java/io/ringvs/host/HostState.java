package io.ringvs.host;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.ringvs.netlink.NetlinkMessage;

/**
 * The kernel's links, addresses, neighbours and routes as the messages received so far tell.
 *
 * <p>Notes two things while it takes messages: whether anything changed that can lead a frame another way, and whether
 * the routes must be read again, because the kernel removes IPv4 routes silently when their link goes down or their
 * source address goes away.
 *
 * <p><b>Threading:</b> control thread only.
 */
final class HostState {
    private final Map<Integer, Link> links = new HashMap<>();
    private final Map<InterfaceAddress.Key, InterfaceAddress> addresses = new HashMap<>();
    private final Map<Neighbour.Key, Neighbour> neighbours = new HashMap<>();
    private RouteTables routes = new RouteTables();
    private boolean changed;
    /** Neighbours whose usable MAC is another one. */
    private final Set<Neighbour.Key> changedNeighbours = new HashSet<>();
    private boolean routesUnclear;

    Link link(final int index) {
        return links.get(index);
    }

    /** How frames leave by a link, or null. */
    Egress egress(final Link link) {
        return Egress.of(link, links::get);
    }

    /** VLAN interfaces that are up and stand on another interface, by their tags. */
    Map<Long, Link> vlansOn(final int interfaceIndex) {
        final Map<Long, Link> vlans = new HashMap<>();
        for (final Link link : links.values()) {
            final Egress egress = link.isVlan() && link.isUp() && link.isEthernet() ? egress(link) : null;
            if (egress != null && egress.interfaceIndex() == interfaceIndex) {
                vlans.put(egress.tags(), link);
            }
        }
        return vlans;
    }

    Iterable<Link> links() {
        return links.values();
    }

    Iterable<InterfaceAddress> addresses() {
        return addresses.values();
    }

    Neighbour neighbour(final Neighbour.Key key) {
        return neighbours.get(key);
    }

    Iterable<Neighbour> neighbours() {
        return neighbours.values();
    }

    int neighbourCount() {
        return neighbours.size();
    }

    RouteTables routes() {
        return routes;
    }

    /** Puts tables that were read anew in the place of those that were unclear. */
    void routes(final RouteTables fresh) {
        routes = fresh;
        routesUnclear = false;
        changed = true;
    }

    boolean routesUnclear() {
        return routesUnclear;
    }

    /** What changed since the last call. */
    HostChanges takeChanges() {
        if (!changed && changedNeighbours.isEmpty()) {
            return HostChanges.NONE;
        }
        final HostChanges changes = new HostChanges(changed, Set.copyOf(changedNeighbours));
        changed = false;
        changedNeighbours.clear();
        return changes;
    }

    void add(final Link link) {
        links.put(link.index(), link);
    }

    void add(final InterfaceAddress address) {
        addresses.put(address.key(), address);
    }

    void add(final Neighbour neighbour) {
        neighbours.put(neighbour.key(), neighbour);
    }

    /** Takes a message of the monitor or, routes excepted, of a dump. */
    void apply(final NetlinkMessage message) {
        switch (message.type()) {
            case LinkMessage.NEW, LinkMessage.DELETE -> applyLink(message);
            case AddressMessage.NEW, AddressMessage.DELETE -> applyAddress(message);
            case NeighbourMessage.NEW, NeighbourMessage.DELETE -> applyNeighbour(message);
            case RouteMessage.NEW, RouteMessage.DELETE -> applyRoute(message);
            default -> { }
        }
    }

    private void applyLink(final NetlinkMessage message) {
        final Link link = LinkMessage.decode(message);
        if (link == null) {
            return;
        }
        if (message.type() == LinkMessage.DELETE) {
            links.remove(link.index());
            neighbours.keySet().removeIf((key) -> key.interfaceIndex() == link.index());
            changed = true;
            routesUnclear = true;
            return;
        }
        final Link before = links.put(link.index(), link);
        changed |= !link.equals(before);
        routesUnclear |= before != null
            && (before.isUp() != link.isUp() || before.isRunning() != link.isRunning());
    }

    private void applyAddress(final NetlinkMessage message) {
        final InterfaceAddress address = AddressMessage.decode(message);
        if (address == null) {
            return;
        }
        if (message.type() == AddressMessage.NEW) {
            changed |= !address.equals(addresses.put(address.key(), address));
        } else if (addresses.remove(address.key()) != null) {
            changed = true;
            routesUnclear = true;
        }
    }

    private void applyNeighbour(final NetlinkMessage message) {
        final Neighbour neighbour = NeighbourMessage.decode(message);
        if (neighbour == null) {
            return;
        }
        final Neighbour before;
        final MacAddress mac;
        if (message.type() == NeighbourMessage.NEW) {
            before = neighbours.put(neighbour.key(), neighbour);
            mac = neighbour.usableMac();
        } else {
            before = neighbours.remove(neighbour.key());
            mac = null;
        }
        // reachable to stale and back goes on all the time and leads no frame another way
        if (!Objects.equals(mac, before == null ? null : before.usableMac())) {
            changedNeighbours.add(neighbour.key());
        }
    }

    private void applyRoute(final NetlinkMessage message) {
        final Route route = RouteMessage.decode(message);
        final RouteTable table = route == null ? null : routes.tableOf(route);
        if (table == null) {
            return;
        }
        final RouteTable.Change change = message.type() == RouteMessage.DELETE
            ? table.remove(route)
            : table.add(
                route, message.hasFlag(NetlinkMessage.FLAG_REPLACE), message.hasFlag(NetlinkMessage.FLAG_APPEND));
        changed |= change == RouteTable.Change.APPLIED;
        routesUnclear |= change == RouteTable.Change.UNCLEAR;
    }
}
