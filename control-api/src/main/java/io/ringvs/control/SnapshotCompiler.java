package io.ringvs.control;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.SnapshotBuilder;
import io.ringvs.snapshot.VirtualService;

/**
 * Makes the snapshot of the rules. It listens to the {@link RuleSet} and rebuilds only the services that were touched;
 * the others keep their object, and with it their scheduler.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class SnapshotCompiler implements RuleListener {
    private final DestinationTable live;
    private final SnapshotBuilder snapshots = new SnapshotBuilder();
    /** Services changed since the last snapshot. */
    private final Map<ServiceKey, Touched> touched = new HashMap<>();
    private final DestinationAddresses addresses = new DestinationAddresses();

    public SnapshotCompiler(final DestinationTable live) {
        this.live = live;
    }

    /** The snapshot of the rules as they are, without firewall marks and ways to clients. */
    public Snapshot compile(
        final Function<IpAddress, Adjacency> ways, final Collection<IpAddress> moved, final IpvsSettings settings) {
        return compile(ways, moved, settings, MarkRules.NONE, ClientWays.NONE);
    }

    /**
     * The snapshot of the rules as they are.
     *
     * @param ways  the adjacency of a destination's address
     * @param moved addresses whose adjacency is another one than before; some may be of no destination
     */
    public Snapshot compile(
        final Function<IpAddress, Adjacency> ways, final Collection<IpAddress> moved, final IpvsSettings settings,
        final MarkRules marks, final ClientWays clients) {
        touched.values().forEach(each -> snapshots.put(each.compile()));
        touched.clear();
        moved.forEach(address -> addresses.forEachDestination(address, snapshots::moved));
        return snapshots.build(server -> ways.apply(server.config().address()), settings, marks, clients);
    }

    /** The addresses of the destinations that it heard of. */
    public DestinationAddresses addresses() {
        return addresses;
    }

    /** Lets every scheduler age its caches; due every {@link Scheduler#MAINTENANCE_SECONDS}. */
    public void maintainSchedulers(final int nowTicks) {
        snapshots.newest().services.services().forEach(service -> service.scheduler.maintain(nowTicks));
    }

    /** Forgets what routers told of the ways to tunnels' ends too long ago. */
    public void expirePathMtus(final long nowNs) {
        snapshots.paths().expire(nowNs);
    }

    @Override
    public void serviceAdded(final ConfiguredService service) {
        touched.put(service.key(),
            new Touched(service, new SchedulerBuilder(live, service.settings().scheduler())));
    }

    @Override
    public void serviceEdited(final ConfiguredService service) {
        touch(service).schedulerChanged(service.settings().scheduler());
    }

    @Override
    public void serviceRemoved(final ConfiguredService service) {
        touched.remove(service.key());
        snapshots.remove(service.key());
        service.destinations().forEach(destination -> forget(destination.realServer()));
    }

    @Override
    public void destinationAdded(final ConfiguredService service, final RealServer server) {
        touch(service).destinationAdded(server);
        addresses.add(server);
    }

    @Override
    public void destinationUpdated(final ConfiguredService service, final RealServer server) {
        touch(service).destinationUpdated(server);
    }

    @Override
    public void destinationRemoved(final ConfiguredService service, final RealServer server) {
        touch(service).destinationRemoved(server.id());
        forget(server);
    }

    @Override
    public void localAddressesChanged(final ConfiguredService service) {
        touch(service);
    }

    private void forget(final RealServer server) {
        if (addresses.remove(server)) {
            snapshots.paths().forget(server.config().address());
        }
    }

    private SchedulerBuilder touch(final ConfiguredService service) {
        return touched.computeIfAbsent(service.key(), key -> new Touched(service, builder(key))).builder;
    }

    /** A builder that begins with a service as the newest snapshot has it. */
    private SchedulerBuilder builder(final ServiceKey key) {
        final VirtualService service = snapshots.newest().services.get(key);
        final List<RealServer> servers = new ArrayList<>(service.realServerCount());
        for (int i = 0; i < service.realServerCount(); i++) {
            servers.add(service.realServer(i));
        }
        return new SchedulerBuilder(live, service.config.scheduler(), servers, service.scheduler);
    }

    /** A service that changed, and its scheduler, which is told of each change. */
    private record Touched(ConfiguredService service, SchedulerBuilder builder) {
        private VirtualService compile() {
            final ServiceConfig config = service.config();
            return new VirtualService(config, builder.build(config), service.statisticsRow(), builder.newestFirst(),
                service.localAddresses(), service.sequence());
        }
    }
}
