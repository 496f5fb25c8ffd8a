package io.ringvs.director;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.ringvs.fastpath.Defences;
import io.ringvs.fastpath.DirectorState;
import io.ringvs.fastpath.Worker;
import io.ringvs.fastpath.WorkerCounters;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.XskSocket;
import io.ringvs.ring.XskStatistics;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.xdp.XdpProgram;
import io.ringvs.xdp.XdpVerdict;

import org.HdrHistogram.Histogram;

/**
 * What {@code ringvs status} shows: modes, verdicts and latencies, each with what it means.
 *
 * <p>Latencies are those since the start of the director. Only what is not zero is listed.
 *
 * <p><b>Threading:</b> control thread.
 */
final class StatusReport {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99, 100};
    private static final double NS_PER_US = 1000.0;

    private final DirectorState state;
    private final PacketInterfaces interfaces;
    private final List<Worker> workers;
    private final Defences defences;
    /** By worker: all latencies so far, and the interval taken last, which only its own recorder takes back. */
    private final List<Histogram> latencies = new ArrayList<>();
    private final Histogram[] intervals;
    private final StringBuilder text = new StringBuilder();

    /** @param interfaces null for a director without packets */
    StatusReport(final DirectorState state, final PacketInterfaces interfaces, final List<Worker> workers,
        final Defences defences) {
        this.defences = defences;
        this.state = state;
        this.interfaces = interfaces;
        this.workers = List.copyOf(workers);
        this.intervals = new Histogram[workers.size()];
        workers.forEach(worker -> latencies.add(new Histogram(WorkerCounters.MAX_LATENCY_NS, 3)));
    }

    /** The report as of now. */
    String text() {
        text.setLength(0);
        final Snapshot snapshot = state.publisher().current();
        line("snapshot %d: %d services, %d connections of at most %d", snapshot.version,
            snapshot.services.services().size(), state.table().size(), state.table().maxConnections());
        if (interfaces != null) {
            interfaces.programs().forEach(this::program);
            interfaces.sockets().forEach(this::socket);
        }
        for (int number = 0; number < workers.size(); number++) {
            worker(number);
        }
        defences.report(workers.stream().map(Worker::counters).toList()).lines().forEach(each -> line("%s", each));
        return text.toString();
    }

    private void program(final XdpProgram program) {
        line("%s", program);
        for (final XdpVerdict verdict : XdpVerdict.values()) {
            count(verdict.name(), program.counters().get(verdict), "");
        }
    }

    private void socket(final XskSocket socket) {
        line("AF_XDP socket on %s", socket);
        final XskStatistics statistics = socket.statistics();
        count("RX dropped", statistics.rxDropped(), "");
        count("RX ring full", statistics.rxRingFull(), "");
        count("fill ring empty", statistics.fillRingEmpty(), "");
        count("invalid descriptors", statistics.rxInvalidDescriptors() + statistics.txInvalidDescriptors(), "");
    }

    private void worker(final int number) {
        final WorkerCounters counters = workers.get(number).counters();
        long batches = 0;
        long packets = 0;
        for (int size = 1; size <= counters.maxBatch(); size++) {
            batches += counters.batches(size);
            packets += counters.batches(size) * size;
        }
        line("worker %d: %d packets in %d batches (%.1f each)", number, packets, batches,
            batches == 0 ? 0.0 : (double) packets / batches);
        for (final Verdict verdict : Verdict.values()) {
            count(verdict.name(), counters.packets(verdict), "the packet " + verdict.meaning());
        }
        count("given to the host", counters.handedToHost(), "");
        count("failed wake-ups", counters.failedWakeups(), "");
        latency(number, counters);
    }

    private void latency(final int number, final WorkerCounters counters) {
        final Histogram all = latencies.get(number);
        intervals[number] = counters.takeLatencies(intervals[number]);
        all.add(intervals[number]);
        if (all.getTotalCount() == 0) {
            return;
        }
        text.append("  in-director latency, us:");
        for (final double percentile : PERCENTILES) {
            text.append(String.format(Locale.ROOT, "  %s %.1f",
                percentile == 100 ? "max" : "p" + (percentile % 1 == 0 ? Long.toString((long) percentile) : percentile),
                all.getValueAtPercentile(percentile) / NS_PER_US));
        }
        text.append('\n');
    }

    private void count(final String name, final long count, final String meaning) {
        if (count != 0) {
            line("  %-22s %12d  %s", name, count, meaning);
        }
    }

    private void line(final String format, final Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments).stripTrailing()).append('\n');
    }
}
