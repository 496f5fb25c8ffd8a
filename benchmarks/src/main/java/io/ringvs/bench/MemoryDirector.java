package io.ringvs.bench;

import java.util.List;
import java.util.stream.IntStream;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.Ticks;
import io.ringvs.fastpath.DirectorState;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.RingSizes;
import io.ringvs.sched.SchedulerBuilder;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.LocalAddress;
import io.ringvs.service.LocalAddressTable;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.service.Tunnel;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;
import io.ringvs.snapshot.MarkRules;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.SnapshotBuilder;
import io.ringvs.snapshot.SnapshotPublisher;
import io.ringvs.snapshot.VirtualService;
import io.ringvs.snapshot.WorkerEpochs;

import org.agrona.concurrent.NanoClock;

/** A whole director but for its sockets: workers on ports in memory, one service 10.0.0.100:80 of 100 real servers. */
public final class MemoryDirector {
    public static final int SERVERS = 100;
    public static final int BATCH = 64;

    static final int INTERFACE = 1;
    private static final int FLAGS = ConnectionFlags.NO_OUTPUT | ConnectionFlags.INACTIVE;
    /** Ports of a local address towards {@link #SERVERS}, unevenly divided as these are, are more than that. */
    private static final int FLOWS_PER_LOCAL_ADDRESS = 200_000;
    /** Free connections that another worker may hold ready for itself, and more. */
    private static final int HELD_BY_WORKER = 4096;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;

    public final DirectorState state;
    public final Snapshot snapshot;
    public final List<MemoryWorker> workers;

    /** With one worker and direct routing. */
    public MemoryDirector(
        final int flows, final int maxConnections, final String scheduler, final RingSizes sizes,
        final NanoClock clock) {
        this(1, flows, maxConnections, scheduler, sizes, clock, ForwardingMethod.DIRECT, Tunnel.IPIP);
    }

    private MemoryDirector(
        final int workerCount, final int flows, final int maxConnections, final String scheduler,
        final RingSizes sizes, final NanoClock clock, final ForwardingMethod method, final Tunnel tunnel) {
        final WorkerEpochs epochs = new WorkerEpochs(workerCount);
        final SnapshotPublisher publisher = new SnapshotPublisher(epochs);
        final DestinationTable destinations = new DestinationTable(1024);
        final Statistics statistics = new Statistics(workerCount, 1024);
        final ConnectionTable table = new ConnectionTable(
            maxConnections, destinations, epochs, new HugePages(), Ticks.ofNanos(clock.nanoTime()));
        state = new DirectorState(publisher, table, destinations, statistics);
        snapshot = rules(
            destinations, statistics, scheduler, method, tunnel, localAddresses(table.localAddresses(), flows));
        publisher.publish(snapshot);
        final int share = flows / workerCount;
        workers = IntStream.range(0, workerCount)
            .mapToObj(number -> new MemoryWorker(number, state, number * share, share, sizes, clock))
            .toList();
    }

    /** With connections of all flows established, on {@link #slowedNanos}; each worker has its share of the flows. */
    public static MemoryDirector established(
        final int workers, final int flows, final ForwardingMethod method, final Tunnel tunnel) {
        final MemoryDirector director = new MemoryDirector(
            workers, flows, flows + (workers - 1) * HELD_BY_WORKER, "rr", RingSizes.same(256),
            MemoryDirector::slowedNanos, method, tunnel);
        director.workers.forEach(MemoryDirector::establish);
        if (director.state.table().size() != flows) {
            throw new IllegalStateException(director.state.table().size() + " connections for " + flows + " flows");
        }
        return director;
    }

    /** The only worker. */
    public MemoryWorker worker() {
        return workers.get(0);
    }

    /** Slowed down, so that the timers of the connections do not run out while something is measured. */
    public static long slowedNanos() {
        return System.nanoTime() >> 6;
    }

    private static Snapshot rules(
        final DestinationTable destinations, final Statistics statistics, final String scheduler,
        final ForwardingMethod method, final Tunnel tunnel, final List<LocalAddress> localAddresses) {
        final SchedulerBuilder builder = new SchedulerBuilder(destinations, scheduler);
        final Adjacency[] adjacencies = new Adjacency[SERVERS];
        for (int server = 0; server < SERVERS; server++) {
            final int id = destinations.allocate();
            final DestinationConfig config = new DestinationConfig(
                IpAddress.of(new byte[] {(byte)192, (byte)168, 1, (byte)(server + 1)}), 80, method, tunnel, 1, 1, 0, 0);
            destinations.configure(id, config, method.value() | FLAGS);
            destinations.setAvailable(id, true);
            builder.destinationAdded(new RealServer(id, statistics.allocate(), config));
            adjacencies[id] = new Adjacency(
                Adjacency.State.RESOLVED, INTERFACE, 0x0002_0002_0000_0002L | (long)id << 40, 0x0200_0000, 1500,
                IpAddress.parse("192.168.1.1"));
        }
        final RealServer[] servers = builder.newestFirst();
        final ServiceConfig config = new ServiceConfig(
            ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0.100"), 80), scheduler, 0, 0, 0, null,
            List.of(servers).stream().map(RealServer::config).toList());
        final VirtualService service =
            new VirtualService(config, builder.build(config), statistics.allocate(), servers, localAddresses, 0);
        // an option in the SYNs would move their headers away from where the traffic writes the next flow
        final SnapshotBuilder snapshots = new SnapshotBuilder();
        snapshots.put(service);
        return snapshots.build(server -> adjacencies[server.id()],
            IpvsSettings.DEFAULTS.with(IpvsSetting.FULLNAT_TOA, 0), MarkRules.NONE, ClientWays.NONE);
    }

    /** As many as FULLNAT needs for all flows. */
    private static List<LocalAddress> localAddresses(final LocalAddressTable table, final int flows) {
        return IntStream.rangeClosed(0, flows / FLOWS_PER_LOCAL_ADDRESS)
            .mapToObj(number -> table.acquire(IpAddress.of(new byte[] {(byte)192, (byte)168, 2, (byte)number})))
            .toList();
    }

    /** Opens and establishes the connections of all its flows, and leaves the frames with data packets in them. */
    private static void establish(final MemoryWorker worker) {
        final int flows = worker.traffic.flows();
        for (final int flags : new int[] {SYN, ACK}) {
            worker.traffic.flags(flags);
            for (int flow = 0; flow < flows; flow += BATCH) {
                worker.forwardBatch();
            }
        }
        final long expected = 2L * ((flows + BATCH - 1) / BATCH * BATCH);
        final long forwarded = worker.worker.counters().packets(Verdict.FORWARD);
        if (forwarded != expected) {
            throw new IllegalStateException(forwarded + " of " + expected + " packets forwarded");
        }
    }
}
