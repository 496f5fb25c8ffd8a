package io.ringvs.host;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.ringvs.host.RouteLookup.Outcome;
import io.ringvs.service.IpAddress;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;

/**
 * Keeps the adjacency of every watched destination in step with the kernel, and makes the kernel find their MACs.
 *
 * <p>What the kernel announces of a neighbour concerns only the destinations that it leads to; a change of links,
 * addresses or routes has all ways looked up again.
 *
 * <p>An {@link Adjacency} that did not change stays the same object.
 *
 * <p><b>Threading:</b> control thread only.
 *
 * <p><b>Errors:</b> those of {@link HostView#poll}.
 */
public final class AdjacencyResolver {
    /** Time between two requests for the same unresolved neighbour, in nanoseconds. */
    public static final long ASK_INTERVAL_NS = 1_000_000_000L;
    /** Time between two requests to confirm the same stale neighbour, in nanoseconds; below Linux's gc_stale_time. */
    public static final long CONFIRM_INTERVAL_NS = 30_000_000_000L;

    /** Of a watched destination; {@code neighbour} is null unless the route leads out. */
    private record Way(RouteLookup route, Neighbour.Key neighbour, Adjacency adjacency) {
    }

    private final HostView host;
    private final UsedNeighbours neighbours;
    private final Map<IpAddress, Way> ways = new HashMap<>();
    /** Null while nobody wants to know, or since the host changed. */
    private ClientWays clientWays;
    private long upkeepAtNs;

    /** @param host stays its owner's to close; only this resolver may poll it */
    public AdjacencyResolver(final HostView host) {
        this.host = host;
        this.neighbours = new UsedNeighbours(host);
    }

    /**
     * Watches more destinations from now on, and some no longer. Those that are new are resolved before it returns, as
     * far as the kernel knows them.
     *
     * @param nowNs the clock of {@link #poll}
     */
    public void watch(final Collection<IpAddress> added, final Collection<IpAddress> removed, final long nowNs) {
        removed.forEach(destination -> replace(destination, null));
        for (final IpAddress destination : added) {
            final Way way = ways.containsKey(destination) ? ways.get(destination) : resolveAgain(destination);
            if (way.neighbour != null) {
                neighbours.askIfDue(way.neighbour, nowNs);
            }
        }
    }

    /**
     * Takes what the kernel announced and sends the requests that are due.
     *
     * @param nowNs a clock that goes on steadily, in nanoseconds
     * @return the watched destinations whose adjacency is another than before
     */
    public List<IpAddress> poll(final long nowNs) {
        final HostChanges changes = host.poll(nowNs);
        if (!changes.isEmpty()) {
            clientWays = null;
        }
        final List<IpAddress> moved = new ArrayList<>();
        for (final IpAddress destination : concerned(changes)) {
            final Adjacency before = ways.get(destination).adjacency;
            if (resolveAgain(destination).adjacency != before) {
                moved.add(destination);
            }
        }
        if (changes.routing() || nowNs - upkeepAtNs >= ASK_INTERVAL_NS) {
            upkeepAtNs = nowNs;
            neighbours.askAllDue(nowNs);
        } else {
            changes.neighbours().forEach(each -> neighbours.askIfDue(each, nowNs));
        }
        return moved;
    }

    /** Destinations whose way may be another one. */
    private List<IpAddress> concerned(final HostChanges changes) {
        if (changes.routing()) {
            return List.copyOf(ways.keySet());
        }
        final List<IpAddress> concerned = new ArrayList<>();
        changes.neighbours().forEach(each -> concerned.addAll(neighbours.destinations(each)));
        return concerned;
    }

    /**
     * The ways to all clients. The neighbours that they lead to are kept in step with the kernel from now on.
     *
     * @param nowNs the clock of {@link #poll}
     */
    public ClientWays clientWays(final long nowNs) {
        if (clientWays == null) {
            final ClientWayCompiler compiler = host.clientWays();
            clientWays = compiler.compile();
            neighbours.ofClients(compiler.neighbourKeys());
            neighbours.askAllDue(nowNs);
        }
        return clientWays;
    }

    /** Whether {@link #clientWays} would be others than those told last. */
    public boolean areClientWaysOutdated() {
        return clientWays == null;
    }

    /** The adjacency of a watched destination. */
    public Adjacency adjacency(final IpAddress destination) {
        return way(destination).adjacency;
    }

    /** The route of a watched destination. */
    public RouteLookup route(final IpAddress destination) {
        return way(destination).route;
    }

    /** One sentence for an operator: how a watched destination is reached, or why it is not. */
    public String describe(final IpAddress destination) {
        final Way way = way(destination);
        if (way.neighbour == null) {
            return destination + " " + way.route.outcome().sentence();
        }
        final Link link = host.link(way.neighbour.interfaceIndex());
        final Neighbour neighbour = host.neighbour(way.neighbour);
        final String name = way.neighbour.address() + " on " + (link == null ? "a removed interface" : link.name());
        return destination + (neighbour != null && neighbour.isUsable()
            ? " is reached by " + name + " at " + neighbour.mac()
            : " cannot be reached yet: " + name + " has not answered with its Ethernet address");
    }

    private Way way(final IpAddress destination) {
        final Way way = ways.get(destination);
        if (way == null) {
            throw new IllegalArgumentException(destination + " is not watched");
        }
        return way;
    }

    private Way resolveAgain(final IpAddress destination) {
        final Way before = ways.get(destination);
        final Way now = resolve(destination, before == null ? null : before.adjacency);
        replace(destination, now);
        return now;
    }

    /** @param way null if the destination is watched no more */
    private void replace(final IpAddress destination, final Way way) {
        final Way before = way == null ? ways.remove(destination) : ways.put(destination, way);
        neighbours.changed(
            destination, before == null ? null : before.neighbour, way == null ? null : way.neighbour);
    }

    private Way resolve(final IpAddress destination, final Adjacency before) {
        final RouteLookup route = host.lookup(destination);
        if (route.outcome() != Outcome.FORWARD) {
            return new Way(route, null, keep(before, Adjacencies.without(route)));
        }
        final Neighbour.Key key = new Neighbour.Key(route.interfaceIndex(), route.nextHop());
        final Link link = host.link(route.interfaceIndex());
        return new Way(
            route, key, keep(before, Adjacencies.of(route, link, host.egress(link), host.neighbour(key))));
    }

    private static Adjacency keep(final Adjacency before, final Adjacency now) {
        return before != null && Adjacencies.same(before, now) ? before : now;
    }
}
