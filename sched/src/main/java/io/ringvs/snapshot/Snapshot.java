package io.ringvs.snapshot;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.RealServer;

/**
 * The rules and the way to every real server at one moment: what a worker needs to treat a batch of packets.
 *
 * <p>A worker loads the current snapshot once per batch and uses it for the whole batch.
 *
 * <p><b>Threading:</b> immutable (schedulers keep state of their own, by design: see {@link VirtualService}).
 */
public final class Snapshot {
    /** Of a director without rules. */
    public static final Snapshot EMPTY =
        new Snapshot(0, new ServiceIndex(List.of()), new Adjacency[0], IpvsSettings.DEFAULTS);

    /** Grows by one with each published snapshot. */
    public final long version;
    public final ServiceIndex services;
    public final IpvsSettings settings;
    public final MarkRules marks;
    /** Ways to clients, for answers that are translated. */
    public final ClientWays clients;
    /**
     * Real servers whose answers are translated, as far as a packet of theirs without connection is of interest: all
     * with nat_icmp_send, otherwise those of services with a persistence engine.
     */
    public final NatServers natServers;
    private final Adjacency[] adjacencies;
    private final Destination[] destinations;

    /** A snapshot without firewall marks and ways to clients. */
    public Snapshot(
        final long version, final ServiceIndex services, final Adjacency[] adjacencies, final IpvsSettings settings) {
        this(version, services, adjacencies, settings, MarkRules.NONE, ClientWays.NONE, new PathMtus());
    }

    /** A snapshot that has nothing in common with a former one. */
    public Snapshot(
        final long version, final ServiceIndex services, final Adjacency[] adjacencies, final IpvsSettings settings,
        final MarkRules marks, final ClientWays clients, final PathMtus paths) {
        this(version, services, adjacencies, settings, marks, clients, paths, null);
    }

    /**
     * A snapshot that has the destinations of the former one which did not change.
     *
     * @param adjacencies by destination id; null where a destination is not (any more) configured
     * @param former      made with the same {@code paths}, or {@link #EMPTY}
     */
    public Snapshot(
        final long version, final ServiceIndex services, final Adjacency[] adjacencies, final IpvsSettings settings,
        final MarkRules marks, final ClientWays clients, final PathMtus paths, final Snapshot former) {
        this.version = version;
        this.services = services;
        this.adjacencies = adjacencies;
        this.settings = settings;
        this.marks = marks;
        this.clients = clients;
        this.destinations = destinations(paths, former);
        this.natServers = new NatServers(of(ForwardingMethod.NAT).stream()
            .filter(each -> settings.natIcmpSend() || each.service.config.engine() != null).toList());
    }

    private List<Destination> of(final ForwardingMethod method) {
        return Arrays.stream(destinations)
            .filter(each -> each != null && each.realServer.config().method() == method).toList();
    }

    private Destination[] destinations(final PathMtus paths, final Snapshot former) {
        final Destination[] made = new Destination[adjacencies.length];
        final boolean alike = former != null && former.settings.pmtuDisc() == settings.pmtuDisc();
        for (final VirtualService service : services.services()) {
            for (int position = 0; position < service.realServerCount(); position++) {
                final RealServer realServer = service.realServer(position);
                final int id = realServer.id();
                if (id < adjacencies.length && adjacencies[id] != null) {
                    final Destination known = alike ? former.destination(id) : null;
                    made[id] = known != null && known.service == service && known.adjacency == adjacencies[id]
                        ? known : new Destination(realServer, service, adjacencies[id], settings, paths);
                }
            }
        }
        return made;
    }

    /** A destination, or null if it is not (any more) configured; {@code destinationId} may be any number. */
    public Destination destination(final int destinationId) {
        return Integer.compareUnsigned(destinationId, destinations.length) < 0 ? destinations[destinationId] : null;
    }

    /** Whether a destination that {@code former} had is not (any more) configured here. */
    public boolean lacksDestinationOf(final Snapshot former) {
        for (int id = 0; id < former.destinations.length; id++) {
            if (former.destinations[id] != null && destination(id) == null) {
                return true;
            }
        }
        return false;
    }

    /**
     * Addresses of the host at which tunnels begin and get ICMP errors about their packets: those of IPv4 that carry
     * IPv4, as Linux knows no others.
     */
    public Set<IpAddress> tunnelEnds() {
        final Set<IpAddress> ends = new HashSet<>();
        for (final Destination each : of(ForwardingMethod.TUNNEL)) {
            if (each.service.config.key().family() == Family.IPV4
                && each.adjacency.source != null && each.adjacency.source.family() == Family.IPV4) {
                ends.add(each.adjacency.source);
            }
        }
        return ends;
    }

    /** The way to a destination, or null if it is not (any more) configured. */
    public Adjacency adjacency(final int destinationId) {
        return Integer.compareUnsigned(destinationId, adjacencies.length) < 0 ? adjacencies[destinationId] : null;
    }
}
