package io.ringvs.host;

import java.util.List;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;

/**
 * A host that a description tells of instead of a kernel: it chooses routes and neighbours by the same rules as
 * {@link HostView}, and adds the routes that the kernel makes by itself for each address.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class DescribedHost {
    private static final int FLAGS_UP_AND_RUNNING = 0x41;
    private static final int HARDWARE_ETHERNET = 1;
    private static final int PROTOCOL_KERNEL = 2;
    private static final int SCOPE_UNIVERSE = 0;
    private static final int SCOPE_LINK = 253;
    private static final int SCOPE_HOST = 254;
    private static final int METRIC = 0;

    private final HostState state = new HostState();
    private final RouteSelection selection = new RouteSelection(state);

    /** Adds an Ethernet interface that is up and has a carrier. */
    public void addInterface(final int index, final String name, final MacAddress mac, final int mtu) {
        state.add(new Link(index, name, mac, mtu, FLAGS_UP_AND_RUNNING, HARDWARE_ETHERNET, "", 0, 0, 0, 0));
    }

    /** Gives an interface an address, and with it the routes to the address and to its subnet. */
    public void addAddress(final int interfaceIndex, final IpAddress address, final int prefixLength) {
        state.add(new InterfaceAddress(interfaceIndex, address, prefixLength, SCOPE_UNIVERSE, 0));
        final Family family = address.family();
        addLocalPrefix(address, family.hostPrefixLength());
        if (prefixLength < family.hostPrefixLength()) {
            addRoute(address, prefixLength, null, interfaceIndex);
        }
        if (family == Family.IPV4 && prefixLength < family.hostPrefixLength() - 1) {
            add(route(lastOf(address, prefixLength), family.hostPrefixLength(), Route.TABLE_LOCAL,
                Route.Type.BROADCAST, SCOPE_LINK, List.of()));
        }
    }

    /** Makes every address of a prefix one of this host's own. */
    public void addLocalPrefix(final IpAddress prefix, final int prefixLength) {
        add(route(prefix, prefixLength, Route.TABLE_LOCAL, Route.Type.LOCAL, SCOPE_HOST, List.of()));
    }

    /** Adds a route to the main table; {@code gateway} is null where the prefix is on the link. */
    public void addRoute(
        final IpAddress prefix, final int prefixLength, final IpAddress gateway, final int interfaceIndex) {
        add(route(prefix, prefixLength, Route.TABLE_MAIN, Route.Type.UNICAST,
            gateway == null ? SCOPE_LINK : SCOPE_UNIVERSE,
            List.of(new NextHop(interfaceIndex, gateway, 1, false, false))));
    }

    /** Adds a neighbour that nothing heard on the wire changes. */
    public void addPermanentNeighbour(final int interfaceIndex, final IpAddress address, final MacAddress mac) {
        state.add(new Neighbour(new Neighbour.Key(interfaceIndex, address), Neighbour.STATE_PERMANENT, mac));
    }

    /** Takes what a neighbour said of itself. Returns whether that is news. */
    public boolean learn(final int interfaceIndex, final IpAddress address, final MacAddress mac) {
        final Neighbour.Key key = new Neighbour.Key(interfaceIndex, address);
        final Neighbour known = state.neighbour(key);
        if (known != null && (known.state() == Neighbour.STATE_PERMANENT || known.mac().equals(mac))) {
            return false;
        }
        state.add(new Neighbour(key, Neighbour.STATE_REACHABLE, mac));
        return true;
    }

    /** The way to a destination as the kernel would choose it. */
    public RouteLookup lookup(final IpAddress destination) {
        return selection.lookup(destination);
    }

    /** What workers need to send to a destination. */
    public Adjacency adjacency(final IpAddress destination) {
        final RouteLookup route = lookup(destination);
        if (route.outcome() != RouteLookup.Outcome.FORWARD) {
            return Adjacencies.without(route);
        }
        final Neighbour.Key key = new Neighbour.Key(route.interfaceIndex(), route.nextHop());
        final Link link = state.link(route.interfaceIndex());
        return Adjacencies.of(route, link, state.egress(link), state.neighbour(key));
    }

    /** What workers need to send to any client. */
    public ClientWays clientWays() {
        return new ClientWayCompiler(state, selection).compile();
    }

    /** The interface of that name, or null. */
    public Link link(final String name) {
        for (final Link link : state.links()) {
            if (link.name().equals(name)) {
                return link;
            }
        }
        return null;
    }

    private void add(final Route route) {
        state.routes().tableOf(route).addDumped(route);
    }

    private static Route route(
        final IpAddress prefix, final int prefixLength, final int table, final Route.Type type, final int scope,
        final List<NextHop> nextHops) {
        return new Route(Prefixes.mask(prefix, prefixLength), prefixLength, table, type, scope, PROTOCOL_KERNEL,
            METRIC, nextHops, null, 0);
    }

    private static IpAddress lastOf(final IpAddress address, final int prefixLength) {
        final byte[] bytes = address.bytes();
        for (int bit = prefixLength; bit < Family.IPV4.hostPrefixLength(); bit++) {
            bytes[bit / Byte.SIZE] |= (byte)(0x80 >>> bit % Byte.SIZE);
        }
        return IpAddress.of(bytes);
    }
}
