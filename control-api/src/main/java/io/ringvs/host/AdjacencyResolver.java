package io.ringvs.host;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.ringvs.host.RouteLookup.Outcome;
import io.ringvs.linux.Errno;
import io.ringvs.service.IpAddress;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the adjacency of every watched destination in step with the kernel, and makes the kernel find their MACs.
 *
 * <p>A neighbour whose MAC is unknown is asked for at once and again every {@link #ASK_INTERVAL_NS} until it answers.
 * The kernel notices that a MAC changed when it uses a neighbour, but frames that RingVS sends bypass it: so a
 * neighbour that went stale is reported as used, at most every {@link #CONFIRM_INTERVAL_NS}; the kernel then confirms
 * it by a unicast probe 5 s later, or finds its new MAC. (A gratuitous ARP is followed at once.) Permanent neighbours
 * and those of interfaces without ARP are left alone.
 *
 * <p>An {@link Adjacency} that did not change stays the same object.
 *
 * <p><b>Threading:</b> control thread only.
 *
 * <p><b>Errors:</b> those of {@link HostView#poll}. A refused request for a neighbour is logged once and repeated.
 */
public final class AdjacencyResolver {
    /** Time between two requests for the same unresolved neighbour, in nanoseconds. */
    public static final long ASK_INTERVAL_NS = 1_000_000_000L;
    /** Time between two requests to confirm the same stale neighbour, in nanoseconds; below Linux's gc_stale_time. */
    public static final long CONFIRM_INTERVAL_NS = 30_000_000_000L;

    private static final Logger LOGGER = LoggerFactory.getLogger(AdjacencyResolver.class);

    /** Of a watched destination; {@code neighbour} is null unless the route leads out. */
    private record Way(RouteLookup route, Neighbour.Key neighbour, Adjacency adjacency) {
    }

    private final HostView host;
    private final Map<Neighbour.Key, Long> askedAtNs = new HashMap<>();
    /** Neighbours asked for that have not answered since. */
    private final Set<Neighbour.Key> unanswered = new HashSet<>();
    private final Map<IpAddress, Way> ways = new HashMap<>();
    /** Null while nobody wants to know, or since the host changed. */
    private ClientWays clientWays;
    private Set<Neighbour.Key> clientNeighbours = Set.of();
    private long upkeepAtNs;
    private boolean permissionMissing;

    /** @param host stays its owner's to close; only this resolver may poll it */
    public AdjacencyResolver(final HostView host) {
        this.host = host;
    }

    /**
     * Watches more destinations from now on, and some no longer. Those that are new are resolved before it returns, as far
     * as the kernel knows them.
     *
     * @param nowNs the clock of {@link #poll}
     */
    public void watch(final Collection<IpAddress> added, final Collection<IpAddress> removed, final long nowNs) {
        removed.forEach(ways::remove);
        for (final IpAddress destination : added) {
            final Way way = ways.computeIfAbsent(destination, each -> resolve(each, null));
            if (way.neighbour != null) {
                askIfDue(way.neighbour, nowNs);
            }
        }
    }

    /**
     * Takes what the kernel announced and sends the requests that are due.
     *
     * @param nowNs a clock that goes on steadily, in nanoseconds
     * @return whether the adjacency of a watched destination is another than before
     */
    public boolean poll(final long nowNs) {
        final boolean hostChanged = host.poll(nowNs);
        boolean changed = false;
        if (hostChanged) {
            clientWays = null;
            for (final Map.Entry<IpAddress, Way> entry : ways.entrySet()) {
                final Way before = entry.getValue();
                final Way now = resolve(entry.getKey(), before.adjacency);
                entry.setValue(now);
                changed |= now.adjacency != before.adjacency;
            }
        }
        if (hostChanged || nowNs - upkeepAtNs >= ASK_INTERVAL_NS) {
            upkeep(nowNs);
        }
        return changed;
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
            clientNeighbours = compiler.neighbourKeys();
            upkeep(nowNs);
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

    private void upkeep(final long nowNs) {
        upkeepAtNs = nowNs;
        final Set<Neighbour.Key> used = new HashSet<>();
        for (final Way way : ways.values()) {
            if (way.neighbour != null && used.add(way.neighbour)) {
                askIfDue(way.neighbour, nowNs);
            }
        }
        for (final Neighbour.Key neighbour : clientNeighbours) {
            if (used.add(neighbour)) {
                askIfDue(neighbour, nowNs);
            }
        }
        askedAtNs.keySet().retainAll(used);
        unanswered.retainAll(used);
    }

    private void askIfDue(final Neighbour.Key key, final long nowNs) {
        final Neighbour neighbour = host.neighbour(key);
        final boolean resolved = neighbour != null && neighbour.isUsable();
        // one that had answered and got lost is asked for at once, however short ago it was asked for before
        final boolean newlyLost = !resolved && unanswered.add(key);
        if (resolved) {
            unanswered.remove(key);
            if (!neighbour.isStale()) {
                return;
            }
        }
        final Long askedNs = askedAtNs.get(key);
        if (newlyLost || askedNs == null || nowNs - askedNs >= (resolved ? CONFIRM_INTERVAL_NS : ASK_INTERVAL_NS)) {
            askedAtNs.put(key, nowNs);
            ask(key, askedNs == null);
        }
    }

    private void ask(final Neighbour.Key key, final boolean first) {
        final int errno = host.use(key);
        if (errno == Errno.EPERM && !permissionMissing) {
            permissionMissing = true;
            LOGGER.error("The kernel does not let this process ask for neighbours; give it CAP_NET_ADMIN");
        } else if (errno != 0 && errno != Errno.EPERM && first) {
            LOGGER.warn("The kernel does not resolve {}: {}", key.address(), Errno.text(errno));
        }
    }
}
