package io.ringvs.snapshot;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceKey;

/**
 * Makes one snapshot after the other. Each has what the one before it had, and what was told since; it costs what that
 * costs, and not what the rules are.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class SnapshotBuilder {
    private final PathMtus paths = new PathMtus();
    private final TunnelEnds tunnelEnds = new TunnelEnds();
    private final LocalServers localServers = new LocalServers();
    private final Map<ServiceKey, VirtualService> changed = new LinkedHashMap<>();
    private final Set<ServiceKey> removed = new HashSet<>();
    /** By destination id. */
    private final BitSet moved = new BitSet();
    private Snapshot newest = Snapshot.EMPTY;
    private ChunkedCopy<Destination> destinations;
    private ProbedCopy<Destination> natServers;

    /** The newest snapshot. */
    public Snapshot newest() {
        return newest;
    }

    /** The service is new, or has changed. */
    public void put(final VirtualService service) {
        removed.remove(service.config.key());
        changed.put(service.config.key(), service);
    }

    /** The service is gone. */
    public void remove(final ServiceKey key) {
        changed.remove(key);
        removed.add(key);
    }

    /** The adjacency of a destination is another one. */
    public void moved(final int destinationId) {
        moved.set(destinationId);
    }

    /** What routers told of the ways to tunnels' ends. */
    public PathMtus paths() {
        return paths;
    }

    /**
     * The next snapshot.
     *
     * @param ways the adjacency of a real server that is in it
     */
    public Snapshot build(
        final Function<RealServer, Adjacency> ways, final IpvsSettings settings, final MarkRules marks,
        final ClientWays clients) {
        final List<VirtualService> gone = formerOnes();
        final ServiceIndex services = newest.services.with(gone, changed.values());
        destinations = newest.copyDestinations();
        natServers = newest.natServers.copy();
        gone.forEach(service -> forEach(service, server -> replace(server.id(), null, settings)));
        final boolean alike = newest.settings.pmtuDisc() == settings.pmtuDisc()
            && newest.settings.natIcmpSend() == settings.natIcmpSend();
        for (final VirtualService service : alike ? changed.values() : services.services()) {
            forEach(service, server -> replace(
                server.id(), new Destination(server, service, ways.apply(server), settings, paths), settings));
        }
        for (int id = moved.nextSetBit(0); id >= 0; id = moved.nextSetBit(id + 1)) {
            final Destination known = destinations.get(id);
            if (known != null) {
                replace(id, new Destination(
                    known.realServer, known.service, ways.apply(known.realServer), settings, paths), settings);
            }
        }
        final boolean fewer = gone.stream().anyMatch(this::isLacking);
        newest = new Snapshot(newest.version + 1, newest.removals + (fewer ? 1 : 0), services, destinations.chunks(),
            new NatServers(natServers), tunnelEnds.addresses(), localServers.destinations(), settings, marks,
            clients);
        changed.clear();
        removed.clear();
        moved.clear();
        return newest;
    }

    /** Services of the newest snapshot that are not in the next one, or not as they are. */
    private List<VirtualService> formerOnes() {
        final List<VirtualService> former = new ArrayList<>(changed.size() + removed.size());
        for (final Set<ServiceKey> keys : List.of(removed, changed.keySet())) {
            for (final ServiceKey key : keys) {
                final VirtualService service = newest.services.get(key);
                if (service != null) {
                    former.add(service);
                }
            }
        }
        return former;
    }

    /** Puts a destination in the place of another one; either may be null. */
    private void replace(final int id, final Destination now, final IpvsSettings settings) {
        destinations.grow(id + 1);
        final Destination before = destinations.get(id);
        if (before != null) {
            natServers.remove(before);
            tunnelEnds.remove(before);
            localServers.remove(before);
        }
        destinations.set(id, now);
        if (now != null) {
            if (now.realServer.config().method() == ForwardingMethod.NAT
                && (settings.natIcmpSend() || now.service.config.engine() != null)) {
                natServers.add(now);
            }
            tunnelEnds.add(now);
            localServers.add(now);
        }
    }

    private boolean isLacking(final VirtualService former) {
        for (int position = 0; position < former.realServerCount(); position++) {
            if (destinations.get(former.realServer(position).id()) == null) {
                return true;
            }
        }
        return false;
    }

    private static void forEach(final VirtualService service, final Consumer<RealServer> action) {
        for (int position = 0; position < service.realServerCount(); position++) {
            action.accept(service.realServer(position));
        }
    }
}
