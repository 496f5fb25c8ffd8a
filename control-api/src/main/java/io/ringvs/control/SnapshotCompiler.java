package io.ringvs.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import io.ringvs.sched.Scheduler;
import io.ringvs.sched.SchedulerBuilder;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;
import io.ringvs.snapshot.MarkRules;
import io.ringvs.snapshot.PathMtus;
import io.ringvs.snapshot.ServiceIndex;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.VirtualService;

/**
 * Makes the snapshot of the rules. It listens to the {@link RuleSet} and rebuilds only the services that were touched;
 * the others keep their object, and with it their scheduler.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class SnapshotCompiler implements RuleListener {
    private final DestinationTable live;
    private final Map<ServiceKey, VirtualService> compiled = new HashMap<>();
    /** Services changed since the last snapshot, each with what its scheduler has to hear. */
    private final Map<ServiceKey, SchedulerBuilder> touched = new HashMap<>();
    private final Map<Integer, IpAddress> added = new HashMap<>();
    private final Set<Integer> removed = new HashSet<>();
    private final PathMtus paths = new PathMtus();
    private Adjacency[] adjacencies = new Adjacency[0];
    private ServiceIndex index = new ServiceIndex(List.of());
    private final DestinationAddresses addresses = new DestinationAddresses();
    private Snapshot newest = Snapshot.EMPTY;
    private boolean servicesChanged;
    private long version;

    public SnapshotCompiler(final DestinationTable live) {
        this.live = live;
    }

    /** The snapshot of the rules as they are, without firewall marks and ways to clients. */
    public Snapshot compile(
        final RuleSet rules, final Function<IpAddress, Adjacency> ways, final boolean everyWay,
        final IpvsSettings settings) {
        return compile(rules, ways, everyWay, settings, MarkRules.NONE, ClientWays.NONE);
    }

    /**
     * The snapshot of the rules as they are.
     *
     * @param rules     what this compiler listens to
     * @param ways      the adjacency of a destination's address
     * @param everyWay  whether to ask for all adjacencies and not only for those of new destinations
     */
    public Snapshot compile(
        final RuleSet rules, final Function<IpAddress, Adjacency> ways, final boolean everyWay,
        final IpvsSettings settings, final MarkRules marks, final ClientWays clients) {
        if (servicesChanged) {
            compileServices(rules);
        }
        if (everyWay) {
            added.clear();
            rules.services().forEach(service -> service.destinations()
                .forEach(each -> added.put(each.id(), each.config().address())));
        }
        if (!added.isEmpty() || !removed.isEmpty()) {
            compileAdjacencies(ways);
        }
        newest = new Snapshot(++version, index, adjacencies, settings, marks, clients, paths, newest);
        return newest;
    }

    /** The addresses of the destinations that it heard of. */
    public DestinationAddresses addresses() {
        return addresses;
    }

    /** Lets every scheduler age its caches; due every {@link Scheduler#MAINTENANCE_SECONDS}. */
    public void maintainSchedulers(final int nowTicks) {
        compiled.values().forEach(service -> service.scheduler.maintain(nowTicks));
    }

    /** Forgets what routers told of the ways to tunnels' ends too long ago. */
    public void expirePathMtus(final long nowNs) {
        paths.expire(nowNs);
    }

    @Override
    public void serviceAdded(final ConfiguredService service) {
        compiled.remove(service.key());
        touched.put(service.key(), new SchedulerBuilder(live, service.settings().scheduler()));
        servicesChanged = true;
    }

    @Override
    public void serviceEdited(final ConfiguredService service) {
        touch(service.key()).schedulerChanged(service.settings().scheduler());
    }

    @Override
    public void serviceRemoved(final ConfiguredService service) {
        compiled.remove(service.key());
        touched.remove(service.key());
        service.destinations().forEach(destination -> forget(destination.realServer()));
        servicesChanged = true;
    }

    @Override
    public void destinationAdded(final ConfiguredService service, final RealServer server) {
        touch(service.key()).destinationAdded(server);
        added.put(server.id(), server.config().address());
        addresses.add(server.config().address());
        removed.remove(server.id());
    }

    @Override
    public void destinationUpdated(final ConfiguredService service, final RealServer server) {
        touch(service.key()).destinationUpdated(server);
    }

    @Override
    public void destinationRemoved(final ConfiguredService service, final RealServer server) {
        touch(service.key()).destinationRemoved(server.id());
        forget(server);
    }

    @Override
    public void localAddressesChanged(final ConfiguredService service) {
        touch(service.key());
    }

    private void forget(final RealServer server) {
        added.remove(server.id());
        removed.add(server.id());
        if (addresses.remove(server.config().address())) {
            paths.forget(server.config().address());
        }
    }

    private SchedulerBuilder touch(final ServiceKey key) {
        servicesChanged = true;
        return touched.computeIfAbsent(key, each -> {
            final VirtualService service = compiled.get(key);
            final List<RealServer> servers = new ArrayList<>(service.realServerCount());
            for (int i = 0; i < service.realServerCount(); i++) {
                servers.add(service.realServer(i));
            }
            return new SchedulerBuilder(live, service.config.scheduler(), servers, service.scheduler);
        });
    }

    private void compileServices(final RuleSet rules) {
        final List<VirtualService> services = new ArrayList<>();
        for (final ConfiguredService service : rules.services()) {
            final SchedulerBuilder builder = touched.get(service.key());
            if (builder != null) {
                final ServiceConfig config = service.config();
                compiled.put(service.key(), new VirtualService(
                    config, builder.build(config), service.statisticsRow(), builder.newestFirst(),
                    service.localAddresses()));
            }
            services.add(compiled.get(service.key()));
        }
        touched.clear();
        servicesChanged = false;
        index = new ServiceIndex(services);
    }

    private void compileAdjacencies(final Function<IpAddress, Adjacency> ways) {
        int length = adjacencies.length;
        for (final int id : added.keySet()) {
            length = Math.max(length, id + 1);
        }
        final Adjacency[] changed = Arrays.copyOf(adjacencies, length);
        for (final int id : removed) {
            if (id < length) { // else it came and went between two snapshots
                changed[id] = null;
            }
        }
        added.forEach((id, address) -> changed[id] = ways.apply(address));
        adjacencies = changed;
        added.clear();
        removed.clear();
    }
}
