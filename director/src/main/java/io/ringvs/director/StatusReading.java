package io.ringvs.director;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

import io.ringvs.conntab.Defence;
import io.ringvs.control.DirectorStatus;
import io.ringvs.control.DirectorStatus.DefenceStatus;
import io.ringvs.control.DirectorStatus.InterfaceStatus;
import io.ringvs.control.DirectorStatus.LocalAddressStatus;
import io.ringvs.control.DirectorStatus.RingStatus;
import io.ringvs.control.DirectorStatus.SocketStatus;
import io.ringvs.control.DirectorStatus.WorkerStatus;
import io.ringvs.fastpath.Defences;
import io.ringvs.fastpath.DirectorState;
import io.ringvs.fastpath.Worker;
import io.ringvs.fastpath.WorkerCounters;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.RingMemory;
import io.ringvs.ring.XskSocket;
import io.ringvs.ring.XskStatistics;
import io.ringvs.service.LocalAddress;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.VirtualService;
import io.ringvs.xdp.XdpProgram;

/**
 * Reads how the director is, from the counters that its parts keep anyway: nothing is counted for the sake of being
 * shown.
 *
 * <p><b>Threading:</b> control thread.
 */
final class StatusReading {
    private static final double NS_PER_SECOND = 1e9;

    private final DirectorState state;
    private final PacketInterfaces interfaces;
    private final List<Worker> workers;
    private final Defences defences;
    private final LongSupplier clock;
    private final List<LatencyRecord> latencies = new ArrayList<>();
    private Snapshot newest = Snapshot.EMPTY;
    private long publishedNs;

    /**
     * @param interfaces null for a director without packets
     * @param clock      monotonic, in nanoseconds
     */
    StatusReading(final DirectorState state, final PacketInterfaces interfaces, final List<Worker> workers,
        final Defences defences, final LongSupplier clock) {
        this.state = state;
        this.interfaces = interfaces;
        this.workers = List.copyOf(workers);
        this.defences = defences;
        this.clock = clock;
        this.publishedNs = clock.getAsLong();
        workers.forEach(worker -> latencies.add(new LatencyRecord(worker.counters())));
    }

    /** On every turn of the control thread: notes when a new snapshot was published. */
    void follow() {
        if (state.publisher().current() != newest) {
            newest = state.publisher().current();
            publishedNs = clock.getAsLong();
        }
    }

    /** What {@code ringvs status} shows. */
    String text() {
        return StatusReport.text(read(), report());
    }

    /** Time since the newest snapshot was published. */
    double generationAgeSeconds() {
        return (clock.getAsLong() - publishedNs) / NS_PER_SECOND;
    }

    private Defences.Report report() {
        return defences.report(workers.stream().map(Worker::counters).toList());
    }

    DirectorStatus read() {
        follow();
        final Defences.Report report = report();
        return new DirectorStatus(newest.version, generationAgeSeconds(),
            newest.services.size(),
            newest.services.services().stream().mapToInt(VirtualService::realServerCount).sum(),
            state.table().size(), state.table().maxConnections(), report.connectionsRefused(), defences(report),
            interfaces == null ? List.of() : interfaces.programs().stream().map(StatusReading::program).toList(),
            interfaces == null ? List.of() : interfaces.sockets().stream().map(StatusReading::socket).toList(),
            readWorkers(),
            state.table().localAddresses().addresses().stream().map(StatusReading::localAddress).toList());
    }

    private static LocalAddressStatus localAddress(final LocalAddress local) {
        return new LocalAddressStatus(
            local.address().toString(), local.connections(), local.refusals(), local.isExhausted());
    }

    private static List<DefenceStatus> defences(final Defences.Report report) {
        final Defence defence = report.defence();
        return List.of(
            new DefenceStatus("drop_entry", defence.dropEntry(), report.entrySeconds(), report.entriesDropped()),
            new DefenceStatus("drop_packet", defence.dropPacket(), report.packetSeconds(), report.packetsDropped()),
            new DefenceStatus("secure_tcp", defence.secureTcp(), report.tcpSeconds(), 0));
    }

    private static InterfaceStatus program(final XdpProgram program) {
        final Map<String, Long> frames = new LinkedHashMap<>();
        program.counters().getAll().forEach((verdict, count) -> frames.put(verdict.name(), count));
        return new InterfaceStatus(program.interfaceName(), program.toString(), frames);
    }

    private static SocketStatus socket(final XskSocket socket) {
        final XskStatistics statistics = socket.statistics();
        final Map<String, RingStatus> rings = new LinkedHashMap<>();
        rings.put("fill", ring(socket.rings().fill().memory()));
        rings.put("rx", ring(socket.rings().rx().memory()));
        rings.put("tx", ring(socket.rings().tx().memory()));
        rings.put("completion", ring(socket.rings().completion().memory()));
        return new SocketStatus(socket.link().name(), socket.queue(), socket.toString(), rings, statistics.rxDropped(),
            statistics.rxRingFull(), statistics.fillRingEmpty(),
            statistics.rxInvalidDescriptors() + statistics.txInvalidDescriptors());
    }

    private static RingStatus ring(final RingMemory memory) {
        return new RingStatus(memory.filled(), memory.size());
    }

    private List<WorkerStatus> readWorkers() {
        final List<WorkerStatus> read = new ArrayList<>(workers.size());
        for (int number = 0; number < workers.size(); number++) {
            final WorkerCounters counters = workers.get(number).counters();
            final Map<String, Long> packets = new LinkedHashMap<>();
            for (final Verdict verdict : Verdict.values()) {
                if (verdict != Verdict.UNDECIDED) {
                    packets.put(verdict.name(), counters.packets(verdict));
                }
            }
            final List<Long> batches = new ArrayList<>(counters.maxBatch() + 1);
            for (int size = 0; size <= counters.maxBatch(); size++) {
                batches.add(counters.batches(size));
            }
            read.add(new WorkerStatus(number, packets, counters.handedToHost(), counters.failedWakeups(),
                counters.icmpErrors(), counters.fragmented(), counters.optionsLeftOut(), batches,
                latencies.get(number).read()));
        }
        return read;
    }
}
