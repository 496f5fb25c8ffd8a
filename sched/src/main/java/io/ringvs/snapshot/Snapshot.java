package io.ringvs.snapshot;

import java.util.List;
import java.util.Set;

import io.ringvs.service.IpAddress;
import io.ringvs.service.IpvsSettings;

/**
 * The rules and the way to every real server at one moment: what a worker needs to treat a batch of packets.
 *
 * <p>A worker loads the current snapshot once per batch and uses it for the whole batch.
 *
 * <p><b>Threading:</b> immutable (schedulers keep state of their own, by design: see {@link VirtualService}).
 */
public final class Snapshot {
    /** Of a director without rules. */
    public static final Snapshot EMPTY = new Snapshot(0, 0, ServiceIndex.EMPTY, new Destination[0][], NatServers.NONE,
        Set.of(), List.of(), IpvsSettings.DEFAULTS, MarkRules.NONE, ClientWays.NONE);

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
    /** Whether a real server is this host itself. */
    public final boolean hasLocalServers;
    /** Grows with each snapshot that lacks a destination of the one before it. */
    public final long removals;
    /** By destination id, in chunks; see {@link ChunkedCopy}. */
    private final Destination[][] destinations;
    private final Set<IpAddress> tunnelEnds;
    private final List<Destination> localServers;

    Snapshot(
        final long version, final long removals, final ServiceIndex services, final Destination[][] destinations,
        final NatServers natServers, final Set<IpAddress> tunnelEnds, final List<Destination> localServers,
        final IpvsSettings settings, final MarkRules marks, final ClientWays clients) {
        this.version = version;
        this.removals = removals;
        this.services = services;
        this.destinations = destinations;
        this.natServers = natServers;
        this.tunnelEnds = tunnelEnds;
        this.localServers = localServers;
        this.hasLocalServers = !localServers.isEmpty();
        this.settings = settings;
        this.marks = marks;
        this.clients = clients;
    }

    /** A destination, or null if it is not (any more) configured; {@code destinationId} may be any number. */
    public Destination destination(final int destinationId) {
        final int chunk = destinationId >>> ChunkedCopy.BITS;
        return chunk < destinations.length ? destinations[chunk][destinationId & ChunkedCopy.MASK] : null;
    }

    /** All destinations, to make the next snapshot of. */
    ChunkedCopy<Destination> copyDestinations() {
        return new ChunkedCopy<>(destinations, length -> new Destination[1 << ChunkedCopy.BITS]);
    }

    /**
     * Addresses of the host at which tunnels begin and get ICMP errors about their packets: those of IPv4 that carry
     * IPv4, as Linux knows no others. The same object as the former snapshot's if they did not change.
     */
    public Set<IpAddress> tunnelEnds() {
        return tunnelEnds;
    }

    /** The real servers that are this host itself. */
    public List<Destination> localServers() {
        return localServers;
    }
}
