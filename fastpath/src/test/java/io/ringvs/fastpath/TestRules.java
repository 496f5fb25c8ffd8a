package io.ringvs.fastpath;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.sched.Scheduler;
import io.ringvs.sched.SchedulerBuilder;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.LocalAddress;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.service.Tunnel;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.MarkRule;
import io.ringvs.snapshot.MarkRules;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.SnapshotBuilder;
import io.ringvs.snapshot.VirtualService;

/**
 * Rules for tests: keeps services and servers, and makes snapshots of them. Stands in for the control side.
 *
 * <p>The real server with id n has the MAC address 02:00:00:00:hi:lo of n; the director sends from 02:00:00:00:00:02.
 */
public final class TestRules {
    private static final int DIRECT_FLAGS = ForwardingMethod.DIRECT.value() | ConnectionFlags.NO_OUTPUT
        | ConnectionFlags.INACTIVE;

    private final DestinationTable destinations;
    private final Statistics statistics;
    private final Map<ServiceKey, Entry> entries = new LinkedHashMap<>();
    private final Map<Integer, Adjacency> adjacencies = new LinkedHashMap<>();
    private IpvsSettings settings = IpvsSettings.DEFAULTS;
    private MarkRules marks = MarkRules.NONE;
    private ClientWays clients = ClientWays.NONE;
    private final SnapshotBuilder snapshots = new SnapshotBuilder();

    private static final class Entry {
        final ServiceKey key;
        final String schedulerName;
        final int flags;
        final int timeoutSeconds;
        final int netmask;
        final int row;
        final String engine;
        Scheduler scheduler;
        List<RealServer> servers = List.of();
        List<LocalAddress> localAddresses = List.of();

        Entry(final ServiceConfig config, final int row) {
            key = config.key();
            schedulerName = config.scheduler();
            flags = config.flags();
            timeoutSeconds = config.timeoutSeconds();
            netmask = config.netmask();
            engine = config.engine();
            this.row = row;
        }

        ServiceConfig config() {
            return new ServiceConfig(key, schedulerName, flags, timeoutSeconds, netmask, engine,
                servers.stream().map(RealServer::config).toList());
        }
    }

    public TestRules(final DestinationTable destinations, final Statistics statistics) {
        this.destinations = destinations;
        this.statistics = statistics;
    }

    public ServiceKey addService(final int protocol, final String address, final int port, final String scheduler) {
        return addService(ServiceKey.ofAddress(protocol, IpAddress.parse(address), port), scheduler, 0);
    }

    public ServiceKey addService(final ServiceKey key, final String scheduler, final int flags) {
        return addService(new ServiceConfig(key, scheduler, flags, 0, 0, null, List.of()));
    }

    public ServiceKey addPersistentService(
        final ServiceKey key, final int moreFlags, final int timeoutSeconds, final int netmask) {
        return addService(new ServiceConfig(
            key, "rr", ServiceFlags.PERSISTENT | moreFlags, timeoutSeconds, netmask, null, List.of()));
    }

    /** Adds a service; its real servers come later. */
    public ServiceKey addService(final ServiceConfig config) {
        final Entry entry = new Entry(config, statistics.allocate());
        entry.scheduler = new SchedulerBuilder(destinations, config.scheduler()).build(entry.config());
        entries.put(config.key(), entry);
        return config.key();
    }

    public void removeService(final ServiceKey key) {
        final Entry entry = entries.remove(key);
        snapshots.remove(key);
        for (final RealServer server : entry.servers) {
            destinations.setAvailable(server.id(), false);
            adjacencies.remove(server.id());
        }
    }

    /** Adds a real server that is reached by direct routing over an interface; returns its id. */
    public int addServer(final ServiceKey key, final String address, final int port, final int interfaceIndex) {
        return addServer(key, DestinationConfig.of(IpAddress.parse(address), port, ForwardingMethod.DIRECT, 1),
            DIRECT_FLAGS, Adjacency.State.RESOLVED, interfaceIndex);
    }

    public int addServer(
        final ServiceKey key, final DestinationConfig config, final int connectionFlags,
        final Adjacency.State state, final int interfaceIndex) {
        final int id = destinations.allocate();
        destinations.configure(id, config, connectionFlags);
        destinations.setAvailable(id, true);
        final RealServer server = new RealServer(id, statistics.allocate(), config);
        change(entries.get(key), (builder) -> builder.destinationAdded(server));
        adjacency(id, state, interfaceIndex);
        return id;
    }

    public void localAddresses(final ServiceKey key, final LocalAddress... addresses) {
        entries.get(key).localAddresses = List.of(addresses);
    }

    public void removeServer(final ServiceKey key, final int id) {
        destinations.setAvailable(id, false);
        adjacencies.remove(id);
        change(entries.get(key), (builder) -> builder.destinationRemoved(id));
    }

    public void weight(final ServiceKey key, final int id, final int weight) {
        final Entry entry = entries.get(key);
        final RealServer old = entry.servers.stream().filter((server) -> server.id() == id).findFirst().orElseThrow();
        final DestinationConfig config =
            DestinationConfig.of(old.config().address(), old.config().port(), old.config().method(), weight);
        destinations.configure(id, config, DIRECT_FLAGS);
        change(entry, (builder) -> builder.destinationUpdated(new RealServer(id, old.statisticsRow(), config)));
    }

    private interface Change {
        void apply(SchedulerBuilder builder);
    }

    private void change(final Entry entry, final Change change) {
        final SchedulerBuilder builder =
            new SchedulerBuilder(destinations, entry.schedulerName, entry.servers, entry.scheduler);
        change.apply(builder);
        entry.servers = Arrays.asList(builder.newestFirst());
        entry.scheduler = builder.build(entry.config());
    }

    /** A real server ...:11 of a service of its own, behind a tunnel. */
    public Destination tunnel(
        final Tunnel tunnel, final boolean innerIpv6, final boolean outerIpv6, final Adjacency adjacency,
        final IpvsSettings changed) {
        settings = changed;
        final ServiceKey key = addService(
            IpProtocol.UDP, innerIpv6 ? "2001:db8::100" : "10.0.0.100", 1000 + entries.size(), "rr");
        final IpAddress address = IpAddress.parse(outerIpv6 ? "2001:db8:1::11" : "192.168.1.11");
        final int id = addServer(key, new DestinationConfig(address, 53, ForwardingMethod.TUNNEL, tunnel, 1, 1, 0, 0),
            ForwardingMethod.TUNNEL.value() | ConnectionFlags.NO_OUTPUT, adjacency.state, adjacency.interfaceIndex);
        adjacency(id, adjacency);
        return snapshot().destination(id);
    }

    public void adjacency(final int id, final Adjacency.State state, final int interfaceIndex) {
        adjacency(id, new Adjacency(state, interfaceIndex, macWord(id), 0x0200_0000, 1500));
    }

    public void adjacency(final int id, final Adjacency adjacency) {
        adjacencies.put(id, adjacency);
    }

    /** Bytes 0..7 of an Ethernet header to server {@code id} from 02:00:00:00:00:02. */
    public static long macWord(final int id) {
        return 0x0002_0000_0000_0002L | (long)(id >>> 8 & 0xff) << 32 | (long)(id & 0xff) << 40;
    }

    public void settings(final IpvsSettings changed) {
        settings = changed;
    }

    public void clients(final ClientWays ways) {
        clients = ways;
    }

    public void marks(final MarkRule... rules) {
        marks = new MarkRules(List.of(rules));
    }

    public int statisticsRow(final ServiceKey key) {
        return entries.get(key).row;
    }

    public RealServer server(final ServiceKey key, final int id) {
        return entries.get(key).servers.stream().filter((server) -> server.id() == id).findFirst().orElseThrow();
    }

    public Snapshot snapshot() {
        for (final Entry entry : entries.values()) {
            snapshots.put(new VirtualService(
                entry.config(), entry.scheduler, entry.row, entry.servers.toArray(new RealServer[0]),
                entry.localAddresses, 0));
        }
        return snapshots.build(server -> adjacencies.get(server.id()), settings, marks, clients);
    }
}
